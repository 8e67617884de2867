/** Pictures for the README: made by every run, kept in docs/images only when asked, so that a run changes no file. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import type { Editor } from './editor';

export async function keepScreenshot(editor: Editor, name: string): Promise<void> {
  const folder = process.env.ALLOCLENS_UPDATE_SCREENSHOTS ? inRoot('docs/images') : inRoot('test-results');
  mkdirSync(folder, { recursive: true });
  await editor.page.screenshot({ path: path.join(folder, `${name}.png`) });
}
