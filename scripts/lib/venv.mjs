/** Virtual environments of Python tools, in the cache, made anew when their list of packages changes. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inCache } from './paths.mjs';
import { run, say } from './run.mjs';

/** Returns the interpreter of the environment `name`, which has `packages` (requirement specifiers). */
export async function ensureVenv(name, packages, python = 'python3') {
  const folder = inCache('venvs', name);
  const interpreter = path.join(folder, 'bin/python');
  const stamp = path.join(folder, 'complete.json');
  const wanted = JSON.stringify({ python, packages });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(interpreter)) return interpreter;
  say(`Making the Python environment "${name}": ${packages.join(' ') || 'empty'}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  await run(python, ['-m', 'venv', folder]);
  if (packages.length > 0) {
    await run(interpreter, [
      '-m',
      'pip',
      'install',
      '-qq',
      '--disable-pip-version-check',
      '--prefer-binary',
      ...packages,
    ]);
  }
  writeFileSync(stamp, wanted);
  return interpreter;
}
