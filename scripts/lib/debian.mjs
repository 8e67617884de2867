/** Debian packages: what is missing is installed where we may, else the command to type is printed. */
import { ask, hasCommand, run, Stop, say } from './run.mjs';

const toBuild = [
  'cmake',
  'ninja-build',
  'g++',
  'libzstd-dev',
  'libxxhash-dev',
  'robin-map-dev',
  'nlohmann-json3-dev',
  'libdw-dev',
  'libbz2-dev',
];
const toTest = [
  'doctest-dev',
  'clang',
  'libclang-rt-dev',
  'chromium',
  'fonts-dejavu-core',
  'python3-dev',
  'python3-venv',
  'patchelf',
  'iproute2',
];

const packagesFor = {
  build: toBuild,
  start: toBuild,
  test: [...toBuild, ...toTest],
  package: [...toBuild, 'python3-venv'],
  bench: [...toBuild, 'python3-dev', 'python3-venv'],
};

/** What a build on another system than Debian cannot do without. */
const tools = ['cmake', 'ninja', 'c++'];

function missing(packages) {
  const states = ask('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n']) ?? '';
  const installed = new Set(
    states
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

export async function ensureDebianPackages(purpose) {
  if (!hasCommand('dpkg-query') || !hasCommand('apt-get')) {
    const absent = tools.filter((name) => !hasCommand(name));
    if (absent.length === 0) return say('Not a Debian system: the build takes the tools and libraries that it finds.');
    throw new Stop(
      `${absent.join(', ')} not found. On Debian these packages are needed: ${packagesFor[purpose].join(' ')}. ` +
        'Install what corresponds to them and run this command again.',
    );
  }
  const absent = missing(packagesFor[purpose]);
  if (absent.length === 0) return;
  if (process.getuid() !== 0) {
    throw new Stop(
      'These Debian packages are missing. Install them and run this command again:\n\n' +
        `  sudo apt-get install --no-install-recommends ${absent.join(' ')}\n`,
    );
  }
  say(`Installing Debian packages: ${absent.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...absent], { env, quiet: true });
}
