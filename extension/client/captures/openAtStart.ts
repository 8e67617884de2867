import { isAbsolute, join } from 'node:path';
import { Uri, ViewColumn, window } from 'vscode';
import type { Summary } from '../../shared/capture';
import type { ShownCapture } from './shownCapture';

/** Names a capture to open when the editor starts, as `npm start` does. */
const ENVIRONMENT_VARIABLE = 'ALLOCLENS_OPEN';

/** Shows the capture that the environment names, with the script that it is of and its flame graph; false when it names none. */
export async function openAtStart(shown: ShownCapture, openFlameGraph: () => unknown): Promise<boolean> {
  const path = process.env[ENVIRONMENT_VARIABLE];
  // Programs that this editor starts, and windows opened later, are not asked to.
  delete process.env[ENVIRONMENT_VARIABLE];
  if (!path) return false;
  const capture = await shown.open(path);
  if (!capture) return true;
  const script = scriptOf(capture.summary);
  if (script) await window.showTextDocument(Uri.file(script), { viewColumn: ViewColumn.One, preview: false });
  await openFlameGraph();
  return true;
}

/** Null for modules and code given on the command line. */
export function scriptOf({ target, cwd }: Pick<Summary, 'target' | 'cwd'>): string | null {
  if (target.kind !== 'script') return null;
  return isAbsolute(target.name) ? target.name : join(cwd, target.name);
}
