/**
 * `npm start [-- script.py [args]]`: profiles a Python script and serves a real VS Code with the result open,
 * on this machine only and behind a password. Ctrl-C ends it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { startCodeServer } from './lib/code-server.mjs';
import { runLauncher } from './lib/launcher.mjs';
import { inCache, inRoot } from './lib/paths.mjs';
import { Stop, say, script, seconds, timed } from './lib/run.mjs';
import { packageVsix } from './package.mjs';
import { setUp } from './setup.mjs';

const exampleScript = inRoot('test-fixtures/workspace/pipeline.py');
const captures = inCache('captures');

async function profile(program, args, cwd) {
  mkdirSync(captures, { recursive: true });
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const capture = path.join(captures, `${path.basename(program, '.py')}.${time}.alloclens`);
  const { code, signal } = await runLauncher(['run', '-f', '-o', capture, program, ...args], cwd);
  // A program that fails has a capture all the same; without one there is nothing to show.
  if (existsSync(capture)) return capture;
  throw new Stop(`${program} was not profiled (${signal ?? `exit status ${code}`}): see the message above.`);
}

function untilInterrupted(server) {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    server.end.then(() => resolve('ended'));
  });
}

script(async () => {
  const start = performance.now();
  const [name = exampleScript, ...args] = process.argv.slice(2);
  const caller = process.env.INIT_CWD ?? process.cwd();
  const program = path.resolve(caller, name);
  if (!existsSync(program)) throw new Stop(`There is no file ${program}. Name a Python script: npm start -- script.py`);
  const isExample = program === exampleScript;
  // What the editor opens; the program itself runs where the caller is, as plain Python would.
  const folder = program.startsWith(`${caller}${path.sep}`) && !isExample ? caller : path.dirname(program);

  await timed('Set-up', () => setUp('start'));
  await build();
  const capture = await timed(`Profiling ${program}`, () => profile(program, args, isExample ? folder : caller));
  const password = randomBytes(9).toString('base64url');
  const server = await timed('Starting VS Code', async () =>
    startCodeServer({
      vsix: [await packageVsix()],
      // Captures outlive this editor.
      settings: { 'alloclens.captureDirectory': captures },
      env: { ALLOCLENS_OPEN: capture },
      password,
    }),
  );
  say(`
Ready after ${seconds(start)}. Open this address in a browser on this machine:

  ${server.url}/?folder=${encodeURIComponent(folder).replaceAll('%2F', '/')}
  password: ${password}

The capture is ${capture}
Ctrl-C ends the editor.`);
  const reason = await untilInterrupted(server);
  if (reason === 'ended') {
    const text = server.log().slice(-2000);
    await server.stop();
    throw new Stop(`VS Code's server ended by itself. It said:\n${text}`);
  }
  say('\nEnding the editor …');
  await server.stop();
});
