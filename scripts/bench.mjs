/** `npm run bench [-- --quick | --rounds N | --only NAME | --parts PART,…]`: our slowdown, capture sizes and report times beside memray's. */
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

script(async () => {
  const environment = await timed('Set-up', async () => {
    await setUp('bench');
    return ensureVenv('bench', packages, python);
  });
  await build();
  await run(environment, [inRoot('bench'), '--cache', inCache('bench'), ...process.argv.slice(2)]);
});
