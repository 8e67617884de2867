/**
 * `npm run setup [-- build|start|test|package|bench]`: everything that a purpose needs, installed once; quick when it is there.
 * Imports nothing of npm, since it runs before `npm ci`.
 */
import { fileURLToPath } from 'node:url';
import { ensureDebianPackages } from './lib/debian.mjs';
import { ensureEditor } from './lib/editor.mjs';
import { ensureNodeModules } from './lib/npm.mjs';
import { python } from './lib/paths.mjs';
import { ask, Stop, script, timed } from './lib/run.mjs';

function checkTools() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Stop(
      `AllocLens runs on Linux x64 so far, not on ${process.platform} ${process.arch}. On Windows use WSL or a container.`,
    );
  }
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Stop(`Node ${process.versions.node} is too old. Install Node 20 or newer and run this command again.`);
  }
  if (ask(python, ['-c', 'import sys; assert sys.version_info >= (3, 8)']) === null) {
    throw new Stop(
      `No Python 3.8 or newer answers to "${python}". Install one (Debian: apt-get install python3), or name one in ALLOCLENS_PYTHON.`,
    );
  }
}

export async function setUp(purpose) {
  checkTools();
  await ensureDebianPackages(purpose);
  await ensureNodeModules();
  if (purpose === 'start' || purpose === 'test') await ensureEditor();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  script(() => timed('Set-up', () => setUp(process.argv[2] ?? 'start')));
}
