/** The server as a process: its bundle, how it speaks, and the real addon on a capture of a real program. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
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

  test("a real program's bytes are on the line that asked for them", async () => {
    const file = join(folder, 'grows.py');
    const path = join(folder, 'grows.alloclens');
    writeFileSync(file, script);
    const launcher = join(root, 'native/python/alloclens/__main__.py');
    const python = process.env.ALLOCLENS_PYTHON ?? 'python3';
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
