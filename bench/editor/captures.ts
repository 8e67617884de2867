/** Large captures to look at, made once and kept in the cache. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { inCache, inRoot, launcher, python } from '../../scripts/lib/paths.mjs';

/** A copy of the script's capture in a folder of its own, with the script beside it. */
export function largeCapture(folder: string, script: string, ...args: string[]): string {
  const name = path.basename(script, '.py');
  const made = inCache('bench/editor', `${name}-${args.join('-')}-${statSync(inRoot(script)).size}`);
  const capture = path.join(made, `${name}.alloclens`);
  if (!existsSync(capture)) {
    mkdirSync(made, { recursive: true });
    copyFileSync(inRoot(script), path.join(made, path.basename(script)));
    const part = `${capture}.part`;
    execFileSync(python, [launcher, 'run', '-q', '-f', '-o', part, path.basename(script), ...args], { cwd: made });
    renameSync(part, capture);
  }
  copyFileSync(capture, path.join(folder, `${name}.alloclens`));
  copyFileSync(inRoot(script), path.join(folder, path.basename(script)));
  return path.join(folder, `${name}.alloclens`);
}
