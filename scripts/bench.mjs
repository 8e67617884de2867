/**
 * `npm run bench [-- --quick | --rounds N | --only NAME | --parts PART,…]`: our slowdown, capture sizes and report times
 * beside memray's; `--editor`: how quick the extension is in a real VS Code.
 */
import { build } from './build.mjs';
import { inCache, inRoot, python } from './lib/paths.mjs';
import { run, script, timed } from './lib/run.mjs';
import { ensureVenv } from './lib/venv.mjs';
import { setUp } from './setup.mjs';

const packages = [
  'memray==1.20.0',
  'filprofiler==2024.11.2',
  'scalene==2.4.0',
  'numpy',
  'pyperformance==1.14.0',
  'pyperf==2.10.0',
];

async function benchEditor() {
  await timed('Set-up', () => setUp('test'));
  await build();
  const config = inRoot('bench/editor/vitest.config.ts');
  await run(inRoot('node_modules/.bin/vitest'), ['run', '--config', config], { cwd: inRoot() });
}

script(async () => {
  if (process.argv.includes('--editor')) return benchEditor();
  const environment = await timed('Set-up', async () => {
    await setUp('bench');
    return ensureVenv('bench', packages, python);
  });
  await build();
  await run(environment, [inRoot('bench'), '--cache', inCache('bench'), ...process.argv.slice(2)]);
});
