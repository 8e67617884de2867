/** node_modules as package-lock.json wants it. */
import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { run, say } from './run.mjs';

/** npm writes what it installed in the same form as the lock file. */
function isCurrent() {
  const installedFile = inRoot('node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional),
  );
}

export async function ensureNodeModules() {
  if (isCurrent()) return;
  say('Installing npm packages (npm ci)');
  // No package of ours needs its install script; some would download or compile.
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: inRoot() });
}
