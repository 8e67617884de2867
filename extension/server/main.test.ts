/** The server as a process: its bundle, how it speaks, and the real addon on a capture of a real program. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { annotateDocument, openCapture, type Request, showCapture } from '../shared/protocol';
import { shownByDefault } from './testing/goldenDocument';

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const root = resolve(import.meta.dirname, '../..');
const addon = join(root, 'dist/alloclens.node');

let folder: string;
let server: ChildProcess;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'alloclens-server-')));
  for (const place of ['bare', 'whole']) {
    await build({
      entryPoints: [join(root, 'extension/server/main.ts')],
      outfile: join(folder, place, 'server.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
  }
  if (existsSync(addon)) cpSync(addon, join(folder, 'whole/alloclens.node'));
});
afterEach(() => server.kill());
afterAll(() => rmSync(folder, { recursive: true }));

const bundle = (place: 'bare' | 'whole') => join(folder, place, 'server.cjs');

async function connected(connection: MessageConnection): Promise<MessageConnection> {
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  return connection;
}

function byStdio(place: 'bare' | 'whole'): Promise<MessageConnection> {
  const child = spawn(process.execPath, [bundle(place), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  server = child;
  return connected(
    createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)),
  );
}

function byIpc(place: 'bare' | 'whole'): Promise<MessageConnection> {
  server = fork(bundle(place), ['--node-ipc']);
  return connected(createMessageConnection(new IPCMessageReader(server), new IPCMessageWriter(server)));
}

const ask = <P, R>(client: MessageConnection, { method }: Request<P, R>, params: P) =>
  client.sendRequest<R>(method, params);

describe.each([
  ['standard input and output', byStdio],
  ["Node's channel between processes", byIpc],
])('over %s', (_, start) => {
  test('the server says what it is without its native part, and what to do when that is wanted', async () => {
    const client = await start('bare');
    await expect(ask(client, openCapture, { path: '/a.alloclens' })).rejects.toThrow(
      /^The native part of AllocLens could not be loaded .* "npm run build"\.$/s,
    );
  });

  test('it ends when the editor says so', async () => {
    const client = await start('bare');
    const ended = once(server, 'exit');
    await client.sendRequest('shutdown');
    await client.sendNotification('exit');
    expect((await ended)[0]).toBe(0);
  });
});

describe.skipIf(!existsSync(addon))('with the addon (built by npm run build)', () => {
  const script = ['def grow():', '    return [bytes(1000) for _ in range(1000)]', 'kept = grow()', ''].join('\n');

  const launcher = join(root, 'native/python/alloclens/__main__.py');
  const python = process.env.ALLOCLENS_PYTHON ?? 'python3';

  test("a real program's bytes are on the line that asked for them", async () => {
    const file = join(folder, 'grows.py');
    const path = join(folder, 'grows.alloclens');
    writeFileSync(file, script);
    execFileSync(python, [launcher, 'run', '-q', '-o', path, file], { stdio: 'pipe' });

    const client = await byStdio('whole');
    const summary = await ask(client, openCapture, { path });
    await ask(client, showCapture, { ...shownByDefault, path });
    const uri = URI.file(file).toString();
    await client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'python', version: 1, text: `import os\n${script}` },
    });
    const annotated = await ask(client, annotateDocument, { uri });

    expect(summary).toMatchObject({ complete: true, exit_status: 0, target: { kind: 'script', name: file } });
    expect(annotated?.lines.map(({ line }) => line)).toEqual([3]);
    // 1,000 objects of 1,033 bytes (a bytes object has 33 beside its content), and the list of them.
    expect(annotated?.lines[0]?.bytes).toBeGreaterThanOrEqual(1_033_000);
    expect(annotated?.lines[0]?.bytes).toBeLessThan(1_060_000);
    expect(annotated?.lines[0]?.stale).toBe(false);
  });

  describe('an editor that knows LSP alone', () => {
    let project: string;
    let client: MessageConnection;
    const refreshed: string[] = [];
    const said: string[] = [];
    const text = `import os\n${script}`;
    const record = (name: string, program: string) =>
      execFileSync(python, [launcher, 'run', '-q', '-o', join(project, name), program], { stdio: 'pipe' });
    const document = () => ({ uri: URI.file(join(project, 'grows.py')).toString() });
    const hints = () =>
      client.sendRequest<{ position: object; label: string }[] | null>('textDocument/inlayHint', {
        textDocument: document(),
        range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
      });

    beforeEach(async () => {
      project = mkdtempSync(join(folder, 'project-'));
      writeFileSync(join(project, 'grows.py'), script);
      record('first.alloclens', join(project, 'grows.py'));
      const child = spawn(process.execPath, [bundle('whole'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
      server = child;
      client = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
      client.onRequest('workspace/inlayHint/refresh', () => {
        refreshed.push('hints');
        return null;
      });
      client.onNotification('window/showMessage', ({ message }: { message: string }) => {
        said.push(message);
      });
      client.listen();
      const answer = await client.sendRequest<{ capabilities: object }>('initialize', {
        processId: process.pid,
        rootUri: URI.file(project).toString(),
        capabilities: { workspace: { inlayHint: { refreshSupport: true } } },
      });
      expect(answer.capabilities).toMatchObject({ inlayHintProvider: true, codeLensProvider: {}, hoverProvider: true });
      await client.sendNotification('initialized', {});
      await client.sendNotification('textDocument/didOpen', {
        textDocument: { ...document(), languageId: 'python', version: 1, text },
      });
      await vi.waitFor(async () => expect(await hints()).not.toEqual(null), 10_000);
    });

    test('sees the newest capture of its folder: hints, lenses and hovers without what is ours alone', async () => {
      // One line further down, since the text was edited.
      expect(await hints()).toEqual([
        expect.objectContaining({
          position: { line: 2, character: 45 },
          label: expect.stringMatching(/^1\.0\u00a0MB$/),
        }),
      ]);
      expect(refreshed).toContain('hints');
      const lenses = await client.sendRequest<{ command: { title: string } }[]>('textDocument/codeLens', {
        textDocument: document(),
      });
      expect(lenses.map(({ command }) => command.title)).toContainEqual(expect.stringMatching(/^▲ 1\.\d\u00a0MB peak/));
      const hover = await client.sendRequest<{ contents: { value: string } }>('textDocument/hover', {
        textDocument: document(),
        position: { line: 2, character: 45 },
      });
      expect(hover.contents.value).toMatch(/^\*\*1\.0\u00a0MB\*\* at peak/);
      expect(hover.contents.value).not.toMatch(/command:|\$\(/);
    });

    test('sees a run that comes later', async () => {
      writeFileSync(join(project, 'grows.py'), `import os\n${script}more = bytearray(5_000_000)\n`);
      record('second.alloclens', join(project, 'grows.py'));
      const labels = async () => (await hints())?.map(({ label }) => label);
      await client.sendNotification('textDocument/didChange', {
        textDocument: { ...document(), version: 2 },
        contentChanges: [{ text: `import os\n${script}more = bytearray(5_000_000)\n` }],
      });
      await vi.waitFor(async () => expect(await labels()).toContain('5.0\u00a0MB'), 10_000);
    });

    test('runs commands, and is told in a sentence what it can not have', async () => {
      const run = (command: string, ...given: unknown[]) =>
        client.sendRequest('workspace/executeCommand', { command, arguments: given });
      await run('alloclens.chooseMeasure', 'total');
      await run('alloclens.openFlameGraph');
      expect(said.at(-1)).toBe(
        `The flame graph is a page: python -m alloclens flamegraph ${join(project, 'first.alloclens')}`,
      );
      await expect(run('alloclens.chooseMeasure', 'most')).rejects.toThrow(
        'alloclens.chooseMeasure takes one of peak, unfreed, total, temporary.',
      );
      await run('alloclens.clearFigures');
      expect(await hints()).toBeNull();
      await run('alloclens.showFigures');
      expect(await hints()).not.toBeNull();
    });

    test('keeps figures away that were taken away while the program runs on', async () => {
      const program = 'kept = bytearray(3_000_000)\nprint(flush=True)\ninput()\n';
      writeFileSync(join(project, 'grows.py'), program);
      const output = join(project, 'live.alloclens');
      const words = [launcher, 'run', '-q', '-o', output, '--memory-interval', '50', join(project, 'grows.py')];
      const running = spawn(python, words, { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        await once(running.stdout, 'data');
        await client.sendNotification('textDocument/didChange', {
          textDocument: { ...document(), version: 2 },
          contentChanges: [{ text: program }],
        });
        const labels = async () => (await hints())?.map(({ label }) => label);
        await vi.waitFor(async () => expect(await labels()).toEqual(['3.0\u00a0MB']), 10_000);
        await client.sendRequest('workspace/executeCommand', { command: 'alloclens.clearFigures', arguments: [] });
        // What makes it look at the folder again, and tells when it has.
        const damaged = join(project, 'damaged.alloclens');
        const openDamaged = () =>
          client.sendRequest('workspace/executeCommand', { command: 'alloclens.openCapture', arguments: [damaged] });
        writeFileSync(damaged, 'no capture');
        await expect(openDamaged()).rejects.toThrow();
        const before = refreshed.length;
        await client.sendRequest('workspace/executeCommand', {
          command: 'alloclens.chooseMeasure',
          arguments: ['total'],
        });
        await vi.waitFor(() => expect(refreshed.length).toBeGreaterThan(before), 10_000);
        expect(await hints()).toBeNull();
      } finally {
        running.stdin.end('\n');
        await once(running, 'exit');
      }
    });

    test('is told once that a capture which was chosen is none', async () => {
      const missing = join(project, 'missing.alloclens');
      const open = client.sendRequest('workspace/executeCommand', {
        command: 'alloclens.openCapture',
        arguments: [missing],
      });
      await expect(open).rejects.toThrow(/missing\.alloclens/);
      said.length = 0;
      record('third.alloclens', join(project, 'grows.py'));
      const graph = () =>
        client.sendRequest('workspace/executeCommand', { command: 'alloclens.openFlameGraph', arguments: [] });
      await vi.waitFor(async () => {
        await graph();
        expect(said.at(-1)).toContain('third.alloclens');
      }, 10_000);
      expect(said.filter((sentence) => sentence.includes('missing'))).toEqual([]);
    });
  });

  test('what is no capture is refused with a sentence', async () => {
    const path = join(folder, 'foreign.alloclens');
    writeFileSync(path, 'not a capture');
    const client = await byStdio('whole');
    await expect(ask(client, openCapture, { path })).rejects.toMatchObject({
      message: expect.stringMatching(/\.$/),
      data: { code: 'not_a_capture' },
    });
  });
});
