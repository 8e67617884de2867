import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { formatDuration } from '../../shared/units';

/** Input of the tool profile_script. */
export interface Run {
  script: string;
  args?: string[];
  cwd?: string;
  python?: string;
  timeout_s: number;
}

/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 3000;
/** Of what the script printed to stderr, its end: why it failed. */
const STDERR_KEPT = 2000;

/** Runs a script under the launcher. Throws a sentence when nothing was recorded. */
export async function profile(
  { script, args = [], cwd = process.cwd(), python, timeout_s }: Run,
  launcher: string,
  signal: AbortSignal,
): Promise<{ ending: string; capture: string }> {
  if (!isAbsolute(cwd) || !existsSync(cwd)) throw new Error(`"cwd" must be the absolute path of a folder, not ${cwd}.`);
  const program = resolve(cwd, script);
  if (!existsSync(program)) throw new Error(`The script ${program} does not exist.`);
  const interpreter = python ?? ['.venv', 'venv'].map((name) => join(cwd, name, 'bin/python')).find(existsSync);
  const folder = mkdtempSync(join(tmpdir(), 'alloclens-'));
  const capture = join(folder, `alloclens-${basename(program).slice(0, 200)}.alloclens`);
  const words = [launcher, 'run', '-q', '-o', capture, program, ...args];
  // What the program prints belongs to nobody here: stdout is the protocol's.
  const child = spawn(interpreter ?? 'python3', words, { cwd, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-STDERR_KEPT);
  });
  const done = new AbortController();
  const patience = AbortSignal.any([signal, done.signal]);
  const began = performance.now();
  const ended = new Promise<string>((done, fail) => {
    child.once('error', (error) => fail(new Error(`${interpreter ?? 'python3'} can't be started (${error.message}).`)));
    child.once('exit', (code, name) => done(name === null ? `exit status ${code}` : `signal ${name}`));
  });
  const stopped = await Promise.race([
    ended.then(() => null),
    wait(timeout_s * 1000, `after ${timeout_s} s`, { signal: patience }).catch(() => 'because the call was cancelled'),
  ]);
  done.abort();
  if (stopped !== null && child.pid !== undefined) await end(child.pid, ended);
  const how = await ended;
  const took = formatDuration((performance.now() - began) / 1000).replaceAll('\u00a0', ' ');
  const said = stderr.trim() === '' ? '' : `\nThe end of its error output:\n${stderr.trim()}`;
  if (!existsSync(capture)) throw new Error(`${program} was not started (${how}).${said}`);
  if (stopped !== null)
    return { ending: `It was stopped ${stopped}; the figures are of what it did until then.`, capture };
  return {
    ending: how === 'exit status 0' ? `It ended after ${took}.` : `It failed after ${took} (${how}).${said}`,
    capture,
  };
}

/** The whole process group: what the script started too. */
async function end(pid: number, ended: Promise<unknown>): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-pid, name);
    } catch {
      return; // it ended meanwhile
    }
    if ((await Promise.race([ended.then(() => 'ended'), wait(GRACE_MS, 'lives')])) === 'ended') return;
  }
}
