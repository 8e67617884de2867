/** What the interactive views of the command line need, in a folder of the cache that our launcher alone is told of. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inCache, python } from './paths.mjs';
import { ask, run, say } from './run.mjs';

/** One pair of versions for tests and for the checkout; the wheel allows a range. */
export const terminalPackages = ['rich==15.0.0', 'textual==8.2.8'];

const interactive = new Set(['table', 'tree', 'live']);

/** Of the words after `alloclens`: whether a view for the keyboard may be shown. `run` alone must stay as it is. */
export const wantsTerminal = ([command, ...rest]) =>
  interactive.has(command) || (command === 'run' && rest.includes('--live'));

/** The folder, or null where pip is missing: the launcher says then how to install the packages. */
export async function ensureTerminalPackages() {
  const version = ask(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  if (version === null) return null;
  const folder = inCache('terminal-packages', version);
  const stamp = path.join(folder, `${terminalPackages.join(' ')}.complete`);
  if (existsSync(stamp)) return folder;
  if (ask(python, ['-m', 'pip', '--version']) === null) return null;
  say(`Installing ${terminalPackages.join(' and ')} into ${folder}; once`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = ['--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--root-user-action=ignore'];
  await run(python, ['-m', 'pip', 'install', ...options, '--target', folder, ...terminalPackages], { quiet: true });
  writeFileSync(stamp, '');
  return folder;
}
