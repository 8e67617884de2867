/**
 * `npm test`: sets up, builds and runs every test, step by step; a failed step does not hide the next ones.
 * `npm run test:full` adds what takes longer. `npm test -- NAME…` runs only the steps whose names contain a NAME.
 */
import { build } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { run, say, script, seconds, timed } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const args = process.argv.slice(2);
const full = args.includes('--full');
const chosen = args.filter((arg) => !arg.startsWith('--'));
const bin = (name) => inRoot('node_modules/.bin', name);

const steps = [
  { name: 'Biome', work: () => run(bin('biome'), ['check', '.'], { cwd: inRoot() }) },
  { name: 'TypeScript', work: () => run(bin('tsc'), ['--noEmit'], { cwd: inRoot() }) },
  { name: 'Unit tests', work: () => run(bin('vitest'), ['run'], { cwd: inRoot() }) },
];

script(async () => {
  const start = performance.now();
  await timed('Set-up', () => setUp('test'));
  await build();
  const failed = [];
  const selected = steps.filter(
    ({ name, only }) =>
      (only !== 'full' || full) &&
      (chosen.length === 0 || chosen.some((part) => name.toLowerCase().includes(part.toLowerCase()))),
  );
  for (const { name, work } of selected) {
    await timed(name, work).catch((error) => {
      say(`   ${name} FAILED: ${error.message}`);
      failed.push(name);
    });
  }
  say(`\nAll steps: ${seconds(start)}`);
  if (failed.length > 0) say(`Failed: ${failed.join(', ')}`);
  say(`${selected.length - failed.length} passed, ${failed.length} failed`);
  return failed.length > 0 ? 1 : 0;
});
