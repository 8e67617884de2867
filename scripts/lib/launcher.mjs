/** Starts the command line of this checkout as the caller would: in a folder of theirs, with their environment. */
import { spawn } from 'node:child_process';
import { callersEnvironment } from './callers-environment.mjs';
import { launcher, python } from './paths.mjs';
import { Stop } from './run.mjs';

/** `started` gets the process; resolves with { code, signal } of its end, and rejects with a Stop when there is no such interpreter. */
export function runLauncher(args, cwd, started = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [launcher, ...args], { cwd, env: callersEnvironment(), stdio: 'inherit' });
    started(child);
    child.on('error', () =>
      reject(
        new Stop(`The Python interpreter "${python}" could not be started. Name another one in ALLOCLENS_PYTHON.`),
      ),
    );
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}
