/**
 * `npm test`: sets up, builds and runs every test, step by step; a failed step does not hide the next ones.
 * `npm run test:full` adds what takes longer. `npm test -- NAME…` runs only the steps whose names contain a NAME.
 */
import { build, buildNative } from './build.mjs';
import { cache, inRoot } from './lib/paths.mjs';
import { ask, run, say, script, seconds, timed } from './lib/run.mjs';
import { terminalPackages } from './lib/terminal-packages.mjs';
import { ensureVenv } from './lib/venv.mjs';
import { setUp } from './setup.mjs';
import { tryVsix, tryWheel } from './try-packages.mjs';

const args = process.argv.slice(2);
const full = args.includes('--full');
const chosen = args.filter((arg) => !arg.startsWith('--')).map((arg) => arg.toLowerCase());
const bin = (name) => inRoot('node_modules/.bin', name);
const python = (environment, ...rest) => run(environment, ['-m', ...rest], { cwd: inRoot() });

const linters = ['ruff==0.17.6', 'mypy==2.4.1', 'pytest>=8', ...terminalPackages];
const testTools = [
  'pytest>=8',
  'pytest-xdist>=3',
  'hypothesis>=6',
  'pyarrow>=14',
  'jsonschema>=4',
  'protobuf>=5',
  ...terminalPackages,
];

async function lintPython() {
  const environment = await ensureVenv('lint', linters);
  await python(environment, 'ruff', 'check', '.');
  await python(environment, 'ruff', 'format', '--check', '.');
  await run(environment, ['-m', 'mypy'], { cwd: inRoot('native/python') });
}

async function testNative(folder, options) {
  await buildNative({ folder, options: ['-DALLOCLENS_TESTS=ON', ...options], targets: ['all'] });
  await run('ctest', ['--test-dir', folder, '--output-on-failure', '--no-tests=error', '-j2']);
}

async function testPython() {
  await run('bash', [inRoot('scripts/install-pythons.sh'), `${cache}/pythons`]);
  const environment = await ensureVenv('python-tests', testTools);
  await python(environment, 'pytest', '-q', '-n2', 'native/python/tests', '--ignore=native/python/tests/foreign');
}

const others = [
  'black==25.1.0',
  'mypy==1.15.0',
  'fastapi==0.115.12',
  'uvicorn==0.34.0',
  'numpy',
  'pandas',
  'hypothesis',
  'pyperformance==1.14.0',
  'pyperf==2.10.0',
];

/** pip, black, mypy, pytest, a web service, pandas, pools of processes and pyperformance behave as without us. */
async function testForeignPrograms() {
  const environment = await ensureVenv('foreign', [...testTools, ...others]);
  await python(environment, 'pytest', '-q', 'native/python/tests/foreign');
}

/** Bytes by route of web servers under 10,000 requests. */
async function testServers() {
  const environment = await ensureVenv('python-tests', testTools);
  const env = { ...process.env, ALLOCLENS_TEST_REQUESTS: '10000' };
  await run(environment, ['-m', 'pytest', '-q', 'native/python/tests/test_middleware.py'], { cwd: inRoot(), env });
}

/** The suite ends with the pytest plugin as it does without. */
async function testUnderPlugin() {
  const environment = await ensureVenv('python-tests', testTools);
  const env = { ...process.env, PYTHONPATH: inRoot('native/python') };
  // Not by its entry point, which is there when a package was built.
  const plugin = ['-p', 'no:alloclens', '-p', 'alloclens.pytest_plugin', '--alloclens', '--alloclens-hide-summary'];
  const tests = ['native/python/tests', '--ignore=native/python/tests/foreign'];
  await run(environment, ['-m', 'pytest', '-q', '-n2', ...plugin, ...tests], { cwd: inRoot(), env });
}

/** Threads, libraries, forks, signals and restarts, for minutes. */
async function stressHooks() {
  const env = { ...process.env, ALLOCLENS_STRESS_SECONDS: '120' };
  await buildNative({ options: ['-DALLOCLENS_TESTS=ON'], targets: ['hook_tests'] });
  await run(inRoot('build/tracker/tests/hook_tests'), ['--source-file=*stress_test.cpp'], { env });
}

/** One of bench/'s long runs; each writes what it measured to bench/results. */
const benchScript = (name) => run('python3', [inRoot('bench', name)]);

/** Of 10 GB, and of millions of stacks: made once, in the cache. */
async function readLargeCaptures() {
  await buildNative({ targets: ['make_large'] });
  await benchScript('large_capture.py');
}

/** In a network of its own with nothing but the loopback device, where the kernel lets us: then no request can leave. */
async function testEditor(env = {}, ...files) {
  const testing = { ...process.env, ...env, ALLOCLENS_E2E_PYTEST: await ensureVenv('python-tests', testTools) };
  const vitest = [bin('vitest'), 'run', '--config', inRoot('tests/e2e/vitest.config.ts'), ...files];
  const loopbackOnly = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  if (ask('unshare', [...loopbackOnly, 'true']) === null) {
    say('   This system lets us have no network of our own: only the requests of the pages are checked.');
    return run(vitest[0], vitest.slice(1), { cwd: inRoot(), env: testing });
  }
  const isolated = { ...testing, ALLOCLENS_ISOLATED_NETWORK: '1' };
  return run('unshare', [...loopbackOnly, ...vitest], { cwd: inRoot(), env: isolated });
}

const steps = [
  { name: 'Lint TypeScript', work: () => run(bin('biome'), ['check', '.'], { cwd: inRoot() }) },
  { name: 'Lint Python', work: lintPython },
  { name: 'Check types', work: () => run(bin('tsc'), ['--noEmit'], { cwd: inRoot() }) },
  { name: 'C++ tests', work: () => testNative(inRoot('build'), []) },
  {
    name: 'C++ tests under sanitizers',
    work: () => testNative(inRoot('build/sanitized'), ['-DALLOCLENS_SANITIZE=ON']),
  },
  { name: 'TypeScript tests', work: () => run(bin('vitest'), ['run'], { cwd: inRoot() }) },
  { name: 'Python tests on every interpreter', work: testPython },
  { name: 'Wheel in an empty environment', work: tryWheel },
  { name: 'VSIX in an empty editor', work: tryVsix },
  { name: 'Real VS Code', work: () => testEditor() },
  { name: 'Servers under load', onlyFull: true, work: testServers },
  { name: 'Own tests under the pytest plugin', onlyFull: true, work: testUnderPlugin },
  { name: 'Fuzzing', onlyFull: true, work: () => benchScript('fuzz.py') },
  { name: 'Programs nobody here wrote', onlyFull: true, work: testForeignPrograms },
  { name: 'Stress', onlyFull: true, work: stressHooks },
  { name: 'Soak', onlyFull: true, work: () => benchScript('soak.py') },
  { name: 'Large capture', onlyFull: true, work: readLargeCaptures },
  {
    name: 'Capture of a million files in the editor',
    onlyFull: true,
    work: () => testEditor({ ALLOCLENS_HOSTILE_FILES: '1000000' }, 'tests/e2e/hostile.test.ts'),
  },
  { name: 'Bench', onlyFull: true, work: () => run('node', [inRoot('scripts/bench.mjs')]) },
];

const selects = ({ name, onlyFull = false }) =>
  (full || !onlyFull) && (chosen.length === 0 || chosen.some((part) => name.toLowerCase().includes(part)));

script(async () => {
  const start = performance.now();
  await timed('Set-up', () => setUp('test'));
  await build();
  const times = [];
  const failed = [];
  for (const { name, work } of steps.filter(selects)) {
    const began = performance.now();
    await timed(name, work).catch((error) => {
      say(`   ${name} FAILED: ${error.message}`);
      failed.push(name);
    });
    times.push(`${failed.includes(name) ? 'FAILED' : 'passed'}  ${seconds(began).padStart(8)}  ${name}`);
  }
  say(`\n${times.join('\n')}\n\n${seconds(start)} with set-up and build`);
  say(`${times.length - failed.length} passed, ${failed.length} failed`);
  return failed.length > 0 ? 1 : 0;
});
