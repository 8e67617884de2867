/**
 * `npm run -s alloclens -- ARGS`: the command line `python -m alloclens ARGS` of this checkout, in the caller's folder,
 * with the caller's environment, exit status and signals. Builds first when something is missing or out of date.
 */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildBundles, buildNative } from './build.mjs';
import { runLauncher } from './lib/launcher.mjs';
import { inRoot } from './lib/paths.mjs';
import { keepStdoutFree, script } from './lib/run.mjs';
import { ensureTerminalPackages, wantsTerminal } from './lib/terminal-packages.mjs';
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

const page = inRoot('native/python/alloclens/page/main.js');
const pageSources = ['webview', 'extension/shared', 'package.json'].map((part) => inRoot(part));

/** The script of the HTML page, for commands that may write one. */
async function ensurePage([command]) {
  if (!['flamegraph', 'export', 'diff'].includes(command)) return;
  if (modified(page) > Math.max(...pageSources.map(newest))) return;
  await setUp('build');
  await buildBundles();
}

/** Ctrl-C reaches the child from the terminal, together with us; a signal sent to us alone is handed on. */
function handSignalsOn(child) {
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    const fromTerminal = terminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
    process.on(signal, () => fromTerminal || child.kill(signal));
  }
}

keepStdoutFree();
script(async () => {
  const args = process.argv.slice(2);
  await ensureBuilt();
  await ensurePage(args);
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const packages =
    process.stdin.isTTY && process.stdout.isTTY && wantsTerminal(args) && (await ensureTerminalPackages());
  if (packages) process.env.ALLOCLENS_TERMINAL_PACKAGES = packages;
  const { code, signal } = await runLauncher(args, cwd, handSignalsOn);
  if (!signal) return code;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
