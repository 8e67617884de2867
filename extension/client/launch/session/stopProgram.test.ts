import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { startPiped } from './pipedProgram';
import { stopProgram } from './stopProgram';

// Interpreters start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const never = new AbortController().signal;
const LONG = 60_000;

/** Starts Python code that prints a line when it is ready, and what it prints later. */
async function start(code: string) {
  const lines: string[] = [];
  let ready!: () => void;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const env = { PATH: process.env.PATH ?? '' };
  const program = await startPiped(['python3', '-u', '-c', code], '/', env, (_, text) => {
    lines.push(...text.split('\n').filter(Boolean));
    ready();
  });
  await isReady;
  return { program, lines };
}

const IGNORES = 'import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint("ready")\ntime.sleep(60)';

describe('Stop', () => {
  test('asks: the program may tidy up and choose its exit code', async () => {
    const { program, lines } = await start(
      'import signal, sys, time\n' +
        'signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))\n' +
        'try:\n    print("ready")\n    time.sleep(60)\n' +
        'finally:\n    print("tidied up")',
    );
    expect(await stopProgram(program, LONG, never)).toEqual({ exitCode: 3, signal: null });
    expect(lines).toEqual(['ready', 'tidied up']);
  });

  test('ends a program that takes no care of it', async () => {
    const { program } = await start('import time\nprint("ready")\ntime.sleep(60)');
    expect(await stopProgram(program, LONG, never)).toEqual({ exitCode: null, signal: 'SIGTERM' });
  });

  test('kills a program that takes no notice, after the grace time', async () => {
    const { program } = await start(IGNORES);
    const before = performance.now();
    expect(await stopProgram(program, 200, never)).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(195);
  });

  test('pressed again kills at once', async () => {
    const { program } = await start(IGNORES);
    const again = new AbortController();
    const stopped = stopProgram(program, LONG, again.signal);
    again.abort();
    expect(await stopped).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  test('reaches what the program started', async () => {
    const { program, lines } = await start(
      'import subprocess, time\nchild = subprocess.Popen(["sleep", "60"])\nprint(child.pid)\ntime.sleep(60)',
    );
    await stopProgram(program, LONG, never);
    await expect.poll(() => isRunning(Number(lines[0]))).toBe(false);
  });
});

test('what was printed last arrives before the end is told', async () => {
  const text: string[] = [];
  const program = await startPiped(['python3', '-c', 'print("ä" * 100_000)'], '/', {}, (_, chunk) => text.push(chunk));
  await program.ended;
  expect(text.join('')).toBe(`${'ä'.repeat(100_000)}\n`);
});

test('a child that lives on does not keep the end from being told', async () => {
  const { program, lines } = await start(
    'import subprocess\nchild = subprocess.Popen(["sleep", "60"], start_new_session=True)\nprint(child.pid)',
  );
  expect(await program.ended).toEqual({ exitCode: 0, signal: null });
  expect(isRunning(Number(lines[0]))).toBe(true);
  process.kill(Number(lines[0]));
});

test('what can not be started is told with the reason', async () => {
  await expect(startPiped(['/absent/python'], '/', {}, () => {})).rejects.toThrow(
    "/absent/python can't be started (it does not exist).",
  );
});

test('a signal to what has ended does no harm', async () => {
  const { program } = await start('print("ready")');
  await program.ended;
  program.signal('SIGTERM');
  expect(await stopProgram(program, LONG, never)).toEqual({ exitCode: 0, signal: null });
});

/** A zombie that nobody has collected yet has ended. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
