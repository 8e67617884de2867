import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A suite may have thousands of tests, so captures of the last runs alone are kept. */
const KEPT_RUNS = 3;

/** Makes a folder for the captures of a run, and removes those of runs before the last ones. Their names sort by age. */
export function newRunFolder(base: string, now = new Date()): string {
  mkdirSync(base, { recursive: true });
  const newestFirst = readdirSync(base).sort().reverse();
  for (const name of newestFirst.slice(KEPT_RUNS - 1)) rmSync(join(base, name), { recursive: true, force: true });
  const last = newestFirst[0] ?? '';
  const stamp = now.toISOString().replace(/\D/g, '');
  const name = stamp > last ? stamp : `${last}+`;
  mkdirSync(join(base, name));
  return join(base, name);
}
