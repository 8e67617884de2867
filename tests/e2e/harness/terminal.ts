/** Runs as somebody starts them in a terminal. */
import { execFileSync } from 'node:child_process';
import { launcher, python } from '../../../scripts/lib/paths.mjs';

/** Records a script to a file, and waits for its end. */
export function recordInTerminal(folder: string, capture: string, ...command: string[]): void {
  execFileSync(python, [launcher, 'run', '-q', '-f', '-o', capture, ...command], { cwd: folder });
}
