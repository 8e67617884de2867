/**
 * `npm run -s alloclens -- ARGS`: the command line `python -m alloclens ARGS` of this checkout, in the caller's folder,
 * with the caller's environment, exit status and signals. Builds first when something is missing or out of date.
 */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildNative } from './build.mjs';
import { callersEnvironment } from './lib/callers-environment.mjs';
import { inRoot, launcher, python } from './lib/paths.mjs';
import { keepStdoutFree, Stop, script } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const library = inRoot('native/python/alloclens/_alloclens.abi3.so');
const sources = ['native/core', 'native/tracker', 'native/CMakeLists.txt'].map((part) => inRoot(part));

const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newest(file) {
  if (!statSync(file).isDirectory()) return modified(file);
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

async function ensureBuilt() {
  if (modified(library) > Math.max(...sources.map(newest))) return;
  await setUp('build');
  await buildNative({ targets: ['alloclens_tracker'] });
}

/** Runs the command line; resolves with its exit status, or ends as the signal that ended it would end us. */
function runLauncher(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [launcher, ...args], {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      env: callersEnvironment(),
      stdio: 'inherit',
    });
    // Ctrl-C reaches the child from the terminal, together with us; a signal sent to us alone is handed on.
    const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
    for (const signal of signals) {
      const fromTerminal = terminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
      process.on(signal, () => fromTerminal || child.kill(signal));
    }
    child.on('error', () =>
      reject(
        new Stop(`The Python interpreter "${python}" could not be started. Name another one in ALLOCLENS_PYTHON.`),
      ),
    );
    child.on('close', (code, signal) => {
      if (!signal) return resolve(code);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}

keepStdoutFree();
script(async () => {
  await ensureBuilt();
  return runLauncher(process.argv.slice(2));
});
