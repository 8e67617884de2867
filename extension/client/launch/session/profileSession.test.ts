import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ResolvedLaunch } from '../configuration';
import { temporaryFolder } from '../temporaryFolder.testing';
import { type EndedRun, ProfileSession } from './profileSession';

// Interpreters start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** Behaves as the launcher's command line does, so that these tests need no native build. */
const LAUNCHER = `
import runpy, sys
assert sys.argv[1:4] == ["run", "-q", "-o"], sys.argv
capture, words = sys.argv[4], sys.argv[5:]
if words[0].endswith("refused.py"):
    sys.stderr.write("alloclens: AllocLens cannot track this. Choose a release build of CPython 3.8 to 3.15.\\n")
    sys.exit(2)
open(capture, "x").close()
sys.argv = words
runpy.run_path(words[0], run_name="__main__")
`;

const SCRIPTS = {
  'hello.py': 'import sys\nprint("hello", sys.argv[1:])\nprint("careful", file=sys.stderr)\n',
  'env.py': 'import os\nprint(os.environ.get("GREETING"), os.environ.get("VSCODE_X"), os.getcwd())\n',
  'raises.py': 'raise ValueError("too many crates")\n',
  'waits.py': 'import time\nprint("ready")\ntime.sleep(60)\n',
  'ignores.py': 'import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint("ready")\ntime.sleep(60)\n',
  'refused.py': '',
};

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** A debug session without an editor: what VS Code would send and hear. */
class Client {
  readonly folder = temporaryFolder({ 'launcher.py': LAUNCHER, ...SCRIPTS });
  readonly captures = join(this.folder, 'captures');
  readonly started: string[] = [];
  readonly runs: EndedRun[] = [];
  private readonly heard: DebugProtocol.ProtocolMessage[] = [];
  private wake: () => void = () => {};
  private seq = 1;
  private readonly session = new ProfileSession(
    join(this.folder, 'launcher.py'),
    (capture) => this.started.push(capture),
    (run) => this.runs.push(run),
  );

  constructor(answerTerminal: (words: string[]) => object = () => ({ success: false, message: 'none here' })) {
    this.session.onDidSendMessage((message) => {
      const heard = message as DebugProtocol.ProtocolMessage;
      this.heard.push(heard);
      if (heard.type === 'request') {
        const { seq, command, arguments: args } = heard as DebugProtocol.RunInTerminalRequest;
        const answer = { type: 'response', seq: 0, request_seq: seq, command, ...answerTerminal(args.args) };
        queueMicrotask(() => this.session.handleMessage(answer as DebugProtocol.Response));
      }
      this.wake();
    });
    onTestFinished(() => this.session.dispose());
  }

  launch(script: string, given: Partial<ResolvedLaunch> = {}) {
    const launch: ResolvedLaunch = {
      target: { kind: 'program', path: join(this.folder, script) },
      args: [],
      cwd: this.folder,
      env: {},
      python,
      console: 'internalConsole',
      captureDirectory: this.captures,
      stopGraceMs: 60_000,
      ...given,
    };
    return this.request('launch', { launch });
  }

  async request(command: string, args: object = {}): Promise<DebugProtocol.Response> {
    const seq = this.seq++;
    this.session.handleMessage({ type: 'request', seq, command, arguments: args } as DebugProtocol.Request);
    return this.hears((m): m is DebugProtocol.Response => (m as DebugProtocol.Response).request_seq === seq);
  }

  event(name: string): Promise<DebugProtocol.Event> {
    return this.hears((m): m is DebugProtocol.Event => (m as DebugProtocol.Event).event === name);
  }

  output(category: string): string {
    const events = this.heard as DebugProtocol.OutputEvent[];
    return events.map(({ body }) => (body?.category === category ? body.output : '')).join('');
  }

  async prints(text: string): Promise<void> {
    while (!this.output('stdout').includes(text)) await this.next();
  }

  get events(): string[] {
    return this.heard.filter(({ type }) => type === 'event').map((m) => (m as DebugProtocol.Event).event);
  }

  private async hears<T>(is: (m: DebugProtocol.ProtocolMessage | T) => m is T): Promise<T> {
    for (;;) {
      const found = this.heard.find((m): m is T & DebugProtocol.ProtocolMessage => is(m));
      if (found) return found;
      await this.next();
    }
  }

  private next(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

describe('a program that runs to its end', () => {
  test('its output, exit code and capture are told, in this order', async () => {
    const client = new Client();
    expect((await client.request('initialize', { pathFormat: 'path' })).body).toMatchObject({
      supportsTerminateRequest: true,
    });
    expect((await client.launch('hello.py', { args: ['two words'] })).success).toBe(true);
    await client.event('terminated');
    expect(client.output('stdout')).toBe("hello ['two words']\n");
    expect(client.output('stderr')).toBe('careful\n');
    expect(client.output('console')).toMatch(/^The script ended after 0\.\d\u00a0s \(exit code 0\)\.\n$/);
    expect(client.events.filter((event) => event !== 'output')).toEqual(['initialized', 'exited', 'terminated']);
    expect(await client.event('exited')).toMatchObject({ body: { exitCode: 0 } });
    const [name] = readdirSync(client.captures);
    expect(client.runs).toMatchObject([{ capture: join(client.captures, name ?? ''), ending: { failed: false } }]);
    expect(client.started).toEqual([join(client.captures, name ?? '')]);
  });

  test('it sees the environment and folder of its configuration, and nothing of the editor', async () => {
    process.env.VSCODE_X = 'of the editor';
    onTestFinished(() => void delete process.env.VSCODE_X);
    const client = new Client();
    await client.launch('env.py', { env: { GREETING: 'Servus' } });
    await client.event('terminated');
    expect(client.output('stdout')).toBe(`Servus None ${client.folder}\n`);
  });

  test('an exception gives its traceback, its exit code and the capture', async () => {
    const client = new Client();
    await client.launch('raises.py');
    expect(await client.event('exited')).toMatchObject({ body: { exitCode: 1 } });
    expect(client.output('stderr')).toContain('ValueError: too many crates');
    expect(client.runs[0]).toMatchObject({
      capture: expect.stringContaining('alloclens-raises.py.'),
      ending: { sentence: 'The script ended with an error (exit code 1).', failed: true, cutShort: true },
    });
  });
});

describe('a program that is stopped', () => {
  test('ends, and its capture is told', async () => {
    const client = new Client();
    await client.launch('waits.py');
    await client.prints('ready');
    await client.request('terminate');
    await client.event('terminated');
    expect(client.output('console')).toMatch(/^Stopped by you after \d\.\d\u00a0s\.\n$/);
    expect(client.runs).toMatchObject([{ capture: expect.stringContaining('waits.py'), ending: { failed: false } }]);
  });

  test('is killed when Stop is pressed again', async () => {
    const client = new Client();
    await client.launch('ignores.py');
    await client.prints('ready');
    await client.request('terminate');
    await client.request('disconnect');
    expect(client.events).toContain('terminated');
  });

  test('is ended before a disconnect is answered', async () => {
    const client = new Client();
    await client.launch('waits.py');
    await client.prints('ready');
    expect((await client.request('disconnect', { terminateDebuggee: true })).success).toBe(true);
    expect(client.runs).toHaveLength(1);
  });
});

describe('a program that can not be started', () => {
  test('because the launcher refuses: its sentence is told, and that there is no capture', async () => {
    const client = new Client();
    await client.launch('refused.py');
    await client.event('terminated');
    expect(client.runs).toMatchObject([
      { capture: null, ending: { sentence: expect.stringContaining('cannot track this'), interpreterRefused: true } },
    ]);
  });

  test('because of its interpreter: the launch fails with a sentence, braces and all', async () => {
    const client = new Client();
    const answer = await client.launch('hello.py', { python: '/absent/{x}/python' });
    const sentence = "/absent/{x}/python can't be started (it does not exist).";
    expect(answer).toMatchObject({ success: false, message: sentence, body: { error: { showUser: true } } });
    expect((await client.request('disconnect')).success).toBe(true);
  });

  test('because captures can not be written: the launch fails with a sentence', async () => {
    const client = new Client();
    const answer = await client.launch('hello.py', { captureDirectory: join(client.folder, 'hello.py') });
    expect(answer.message).toContain("Captures can't be written to");
  });

  test('because there is no terminal: the launch fails with a sentence', async () => {
    const client = new Client();
    const answer = await client.launch('hello.py', { console: 'externalTerminal' });
    expect(answer.message).toBe(`The terminal can't be opened (none here). Set "console" to "internalConsole".`);
  });
});

test('in a terminal, the end and the exit code are told too', async () => {
  const client = new Client(([command = '', ...args]) => {
    execFileSync(command, args, { stdio: 'ignore' });
    return { success: true, body: {} };
  });
  await client.launch('hello.py', { console: 'integratedTerminal' });
  expect(await client.event('exited')).toMatchObject({ body: { exitCode: 0 } });
  expect(client.runs).toMatchObject([{ ending: { sentence: expect.stringContaining('exit code 0') } }]);
});

test('what a debugger could do and this can not is answered', async () => {
  const client = new Client();
  expect((await client.request('threads')).body).toEqual({ threads: [{ id: 1, name: 'MainThread' }] });
  const breakpoints = await client.request('setBreakpoints', { source: {}, breakpoints: [{ line: 1 }] });
  expect(breakpoints.body).toMatchObject({ breakpoints: [{ verified: false }] });
  expect((await client.request('pause')).message).toContain("can't be paused");
  expect((await client.request('evaluate', { expression: '1' })).message).toContain('integratedTerminal');
});
