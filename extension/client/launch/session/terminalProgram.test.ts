import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { stopProgram } from './stopProgram';
import { type RunInTerminal, startInTerminal } from './terminalProgram';

// Interpreters start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const never = new AbortController().signal;

interface Terminal {
  run: RunInTerminal;
  /** The shell that was "typed" into, its output and the folder of reports. */
  shell: () => ChildProcess;
  output: () => string;
  folder: () => string;
}

/** What a terminal does with a command line. With job control each job has a process group of its own. */
function terminal(jobControl: boolean): Terminal {
  let shell: ChildProcess;
  let output = '';
  let folder = '';
  return {
    shell: () => shell,
    output: () => output,
    folder: () => folder,
    run: async (commandLine) => {
      folder = dirname(commandLine[1] ?? '');
      const keepsShell = jobControl ? 'set -m; "$@"; echo back' : '"$@"; echo back';
      shell = spawn('bash', ['-c', keepsShell, 'bash', ...commandLine], { stdio: ['ignore', 'pipe', 'ignore'] });
      shell.stdout?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
      const spawned = shell;
      onTestFinished(() => void spawned.kill('SIGKILL'));
    },
  };
}

describe.each([
  ['with job control', true],
  ['without job control', false],
])('In a terminal %s', (_, jobControl) => {
  test.each([
    ['print("hello")', { exitCode: 0, signal: null }],
    ['raise SystemExit(3)', { exitCode: 3, signal: null }],
    ['import os; os.kill(os.getpid(), 9)', { exitCode: null, signal: 'SIGKILL' }],
    ['import os; os.kill(os.getpid(), 11)', { exitCode: null, signal: 'SIGSEGV' }],
  ])('the end of %j is told', async (code, end) => {
    const { run } = terminal(jobControl);
    const program = await startInTerminal(['python3', '-c', code], run);
    expect(await program.ended).toEqual(end);
  });

  test('Stop ends the program and leaves the shell alone', async () => {
    const { run, output, folder } = terminal(jobControl);
    const program = await startInTerminal(['python3', '-uc', 'import time; print("ready"); time.sleep(60)'], run);
    await expect.poll(output, { timeout: 30_000 }).toContain('ready');
    expect(await stopProgram(program, 60_000, never)).toEqual({ exitCode: null, signal: 'SIGTERM' });
    await expect.poll(output, { timeout: 30_000 }).toContain('back');
    expect(existsSync(folder())).toBe(false);
  });

  test('a program that takes no notice of Stop is killed', async () => {
    const ignores = 'import signal, time; signal.signal(15, signal.SIG_IGN); print("ready"); time.sleep(60)';
    const { run, output } = terminal(jobControl);
    const program = await startInTerminal(['python3', '-uc', ignores], run);
    await expect.poll(output, { timeout: 30_000 }).toContain('ready');
    expect(await stopProgram(program, 100, never)).toEqual({ exitCode: null, signal: 'SIGKILL' });
    await expect.poll(output, { timeout: 30_000 }).toContain('back');
  });
});

test('a command that does not exist ends with the exit code of a shell', async () => {
  const { run } = terminal(true);
  const program = await startInTerminal(['/absent/python'], run);
  expect(await program.ended).toEqual({ exitCode: 127, signal: null });
});

test('the program sees its arguments as they were given', async () => {
  const { run, output } = terminal(true);
  const words = ['two words', '$HOME', '"', "'", '\\', '*', 'größe'];
  const program = await startInTerminal(['python3', '-c', 'import sys; print(sys.argv[1:])', ...words], run);
  await program.ended;
  await expect.poll(output).toContain(`['two words', '$HOME', '"', "'", '\\\\', '*', 'größe']`);
});

test('Stop before the terminal has come to the command keeps it from being started', async () => {
  const { run, output } = terminal(true);
  let typed: string[] = [];
  const program = await startInTerminal(['python3', '-c', 'print("started")'], async (commandLine) => {
    typed = commandLine;
  });
  expect(await stopProgram(program, 60_000, never)).toEqual({ exitCode: null, signal: 'SIGTERM' });
  await run(typed);
  await expect.poll(output, { timeout: 30_000 }).toContain('back');
  expect(output()).not.toContain('started');
});

test('a terminal that can not be opened leaves nothing behind', async () => {
  let folder = '';
  const refused = startInTerminal(['python3'], async (commandLine) => {
    folder = dirname(commandLine[1] ?? '');
    throw new Error('no terminal');
  });
  await expect(refused).rejects.toThrow('no terminal');
  expect(existsSync(folder)).toBe(false);
});
