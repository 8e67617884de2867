/** `npm run package`: what can be installed: the extension as a VSIX and the Python package as a wheel, into dist/packages. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { run, Stop, say, script, timed } from './lib/run.mjs';
import { ensureVenv } from './lib/venv.mjs';
import { setUp } from './setup.mjs';

const output = inRoot('dist/packages');
const largestVsix = 6e6;

/** Packs the extension in `folder` as it stands. */
export async function packVsix(folder, file, ...options) {
  mkdirSync(path.dirname(file), { recursive: true });
  const args = ['package', '--no-dependencies', '--no-rewrite-relative-links', ...options, '--out', file];
  await run(inRoot('node_modules/.bin/vsce'), args, { cwd: folder, quiet: true });
  return file;
}

/** Returns the VSIX of what is built. */
export async function packageVsix() {
  const file = await packVsix(inRoot(), path.join(output, 'alloclens-linux-x64.vsix'), '--target', 'linux-x64');
  const { size } = statSync(file);
  if (size > largestVsix) throw new Stop(`${file} has ${size} bytes; ${largestVsix} is the most it may have.`);
  return file;
}

/** Returns the wheel of what is built. */
export async function packageWheel() {
  const folder = path.join(output, 'wheel');
  rmSync(folder, { recursive: true, force: true });
  const project = inRoot('native/python');
  // What an earlier build left here would go into the wheel.
  rmSync(path.join(project, 'build'), { recursive: true, force: true });
  const python = await ensureVenv('build', ['setuptools>=77']);
  const options = ['--no-deps', '--no-build-isolation', '--disable-pip-version-check', '--wheel-dir', folder];
  await run(python, ['-m', 'pip', 'wheel', ...options, project], { quiet: true });
  const [wheel] = readdirSync(folder);
  return path.join(folder, wheel);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  script(async () => {
    await timed('Set-up', () => setUp('package'));
    await build();
    for (const make of [packageVsix, packageWheel]) {
      const file = await make();
      say(`${path.relative(inRoot(), file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
    }
  });
}
