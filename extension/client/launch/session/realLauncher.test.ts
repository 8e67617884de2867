/** The session with the launcher itself: what the user's program sees, and what is left of it when it is ended. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Summary } from '../../../shared/capture';
import { commandLine } from '../commandLine';
import type { ResolvedLaunch } from '../configuration';
import { programEnvironment } from '../environment';
import { temporaryFolder } from '../temporaryFolder.testing';
import { startPiped } from './pipedProgram';
import type { ProgramEnd } from './runningProgram';
import { stopProgram } from './stopProgram';

// Interpreters start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const launcher = resolve('native/python/alloclens/__main__.py');
const isBuilt = existsSync(resolve('native/python/alloclens/_alloclens.abi3.so'));
const workspace = resolve('test-fixtures/workspace');
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

interface Outcome {
  end: ProgramEnd;
  stdout: string;
  stderr: string;
  capture: string;
}

/** Runs a program as the debug session does; `during` gets hold of it once it has printed something. */
async function run(
  given: Partial<ResolvedLaunch>,
  during?: (program: Awaited<ReturnType<typeof startPiped>>) => Promise<unknown>,
): Promise<Outcome> {
  const folder = temporaryFolder();
  const capture = join(folder, 'run.alloclens');
  const launch: ResolvedLaunch = {
    target: { kind: 'code', text: 'pass' },
    args: [],
    cwd: workspace,
    env: {},
    python,
    console: 'internalConsole',
    captureDirectory: folder,
    stopGraceMs: 60_000,
    ...given,
  };
  const text = { stdout: '', stderr: '' };
  let printed!: () => void;
  const hasPrinted = new Promise<void>((resolve) => {
    printed = resolve;
  });
  const env = programEnvironment(process.env, launch.env);
  const program = await startPiped(commandLine(launch, launcher, capture), launch.cwd, env, (category, chunk) => {
    text[category] += chunk;
    printed();
  });
  if (during) {
    await hasPrinted;
    await during(program);
  }
  return { end: await program.ended, ...text, capture };
}

const summaryOf = (capture: string): Summary =>
  JSON.parse(execFileSync(python, [launcher, 'summary', '--json', capture], { encoding: 'utf8', stdio: 'pipe' }));

const script = (name: string) => ({ target: { kind: 'program' as const, path: join(workspace, name) } });

describe.skipIf(!isBuilt)('under the launcher', () => {
  test('a program sees the environment, folder and arguments of a plain run', async () => {
    const code = 'import os, sys, json; print(json.dumps([dict(os.environ), os.getcwd(), sys.argv, sys.path]))';
    const env = { GREETING: 'Grüß Gott', LANG: null };
    const profiled = await run({ target: { kind: 'code', text: code }, args: ['two words', 'ß'], env });
    const plain = execFileSync(python, ['-c', code, 'two words', 'ß'], {
      cwd: workspace,
      env: programEnvironment(process.env, env),
      encoding: 'utf8',
    });
    expect(JSON.parse(profiled.stdout)).toEqual(JSON.parse(plain));
    expect(profiled.stderr).toBe('');
  });

  test.each([
    ['a script beside others', script('imports_sibling.py'), '50000 prices, the last is 12499.75\n'],
    ['a script with spaces and ß in its name', script('größe und maß.py'), 'Größe: 3000000\n'],
    [
      'a module',
      { target: { kind: 'module' as const, name: 'inventory' }, args: ['--items', '5', '--label', 'a b'] },
      'a b: 5 items\n',
    ],
  ])('%s runs, and its capture is whole', async (_, given, stdout) => {
    const outcome = await run(given);
    expect(outcome).toMatchObject({ end: { exitCode: 0 }, stdout, stderr: '' });
    expect(summaryOf(outcome.capture)).toMatchObject({ exit_status: 0, complete: true });
  });

  test('an exception ends with exit code 1 and a whole capture', async () => {
    const { end, stderr, capture } = await run(script('raises.py'));
    expect(end.exitCode).toBe(1);
    expect(stderr).toContain('ValueError: only 30 crates in stock, 50 wanted');
    // Neither a sentence nor a frame of ours; the checkout's folder may well have our name.
    expect(stderr).not.toMatch(/alloclens:|python\/alloclens\//);
    expect(summaryOf(capture)).toMatchObject({ exit_status: 1, complete: true });
  });

  test.each([
    ['stopped', [], 60_000, 'SIGTERM'],
    ['killed because it took no notice of Stop', ['--stubborn'], 100, 'SIGKILL'],
  ])('a program that was %s leaves a capture that can be read', async (_, args, graceMs, signal) => {
    const { end, capture } = await run({ ...script('waits.py'), args }, (program) =>
      stopProgram(program, graceMs, new AbortController().signal),
    );
    expect(end).toEqual({ exitCode: null, signal });
    expect(summaryOf(capture).peak_bytes).toBeGreaterThan(8_000_000);
  });

  test('a module that does not exist is refused in one sentence, and there is no capture', async () => {
    const { end, stderr, capture } = await run({ target: { kind: 'module', name: 'absent_module' } });
    expect(end.exitCode).toBe(2);
    expect(stderr).toMatch(/^alloclens: .*absent_module.*\n$/);
    expect(existsSync(capture)).toBe(false);
  });

  test('detail is passed on', async () => {
    const { capture } = await run({ detail: 'system' });
    expect(summaryOf(capture).detail).toBe('system');
    expect(readFileSync(capture).subarray(0, 8).toString()).toBe('ALOCLENS');
  });
});
