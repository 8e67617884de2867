/** A picture of what a failed test saw, in test-results/. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach } from 'vitest';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { openEditors } from './editor';

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const folder = inRoot('test-results');
  mkdirSync(folder, { recursive: true });
  const name = `FAILED ${task.name}`.replace(/[^\w ]/g, '').slice(0, 100);
  for (const { page } of openEditors) await page.screenshot({ path: path.join(folder, `${name}.png`) });
});
