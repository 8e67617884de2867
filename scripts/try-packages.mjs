/** What a user does with what `npm run package` makes, from nothing: installs it and profiles a script with it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCodeServer } from './lib/code-server.mjs';
import { run, Stop, say } from './lib/run.mjs';
import { packageVsix, packageWheel } from './package.mjs';

async function inScratchFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alloclens-packages-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

const must = (condition, sentence) => {
  if (!condition) throw new Stop(sentence);
};

const script = 'kept = bytearray(3_000_000)\n';

/** Profiles a script with a command line that knows nothing of the checkout, and looks at the line's bytes. */
function profileAndCheck(command, folder) {
  const file = path.join(folder, 'script.py');
  const capture = path.join(folder, 'script.alloclens');
  writeFileSync(file, script);
  const env = { PATH: process.env.PATH, HOME: folder };
  const ask = (...args) =>
    execFileSync(command[0], [...command.slice(1), ...args], { cwd: folder, env, encoding: 'utf8' });
  ask('run', '-q', '-o', capture, file);
  ask('flamegraph', '-o', path.join(folder, 'page.html'), capture);
  const rows = JSON.parse(ask('lines', '--json', capture)).rows;
  const row = rows.find((candidate) => candidate.file === file && candidate.line === 1);
  must(
    row?.peak_bytes >= 3_000_000,
    `Line 1 of ${script} has ${row?.peak_bytes} bytes; 3000000 or more were allocated.`,
  );
}

export async function tryWheel() {
  const wheel = await packageWheel();
  await inScratchFolder(async (folder) => {
    const environment = path.join(folder, 'environment');
    await run('python3', ['-m', 'venv', environment]);
    const interpreter = path.join(environment, 'bin/python');
    await run(interpreter, ['-m', 'pip', 'install', '-qq', '--no-index', '--disable-pip-version-check', wheel]);
    profileAndCheck([interpreter, '-m', 'alloclens'], folder);
    profileAndCheck([path.join(environment, 'bin/alloclens')], mkdtempSync(path.join(folder, 'again-')));
  });
  say(`   ${path.basename(wheel)} was installed and used.`);
}

export async function tryVsix() {
  const vsix = await packageVsix();
  await inScratchFolder(async (folder) => {
    const server = await startCodeServer({ vsix: [vsix], home: folder });
    try {
      const extensions = path.join(server.folder, 'extensions');
      const name = readdirSync(extensions).find((entry) => entry.startsWith('alloclens.alloclens'));
      must(name, `VS Code lists no extension of ours in ${extensions}.`);
      profileAndCheck(['python3', path.join(extensions, name, 'native/python/alloclens/__main__.py')], folder);
    } finally {
      await server.stop();
    }
  });
  say(`   ${path.basename(vsix)} was installed and its launcher used; what it does in the editor is tested next.`);
}
