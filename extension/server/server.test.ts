import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type CancellationToken,
  CancellationTokenSource,
  createConnection,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import {
  annotateDocument,
  closeCapture,
  locateLine,
  openCapture,
  queryCapture,
  type Request,
  reading,
  showCapture,
} from '../shared/protocol';
import type { NativeLibrary } from './captureStore';
import { serve } from './server';
import { FILE, fileLine, functionRow, GoldenCapture, GoldenLibrary, MB, summary } from './testing/goldenCapture';
import { shownByDefault } from './testing/goldenDocument';

const path = '/captures/a.alloclens';
const uri = URI.file(FILE).toString();
const text = 'def load():\n    rows = read()\n';

let connections: { dispose(): void }[] = [];
afterEach(() => {
  for (const connection of connections) connection.dispose();
  connections = [];
});

/** An editor, connected to a server whose addon is the library. */
async function editor(library: NativeLibrary | (() => NativeLibrary)) {
  const [toServer, toEditor] = [new PassThrough(), new PassThrough()];
  const server = createConnection(toServer, toEditor);
  serve(server, typeof library === 'function' ? library : () => library);
  const client = createMessageConnection(new StreamMessageReader(toEditor), new StreamMessageWriter(toServer));
  client.listen();
  connections.push(client, server);
  await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await client.sendNotification('initialized', {});
  return client;
}

function ask<P, R>(
  client: MessageConnection,
  { method }: Request<P, R>,
  params: P,
  token?: CancellationToken,
): Promise<R> {
  return token ? client.sendRequest<R>(method, params, token) : client.sendRequest<R>(method, params);
}

function openDocument(client: MessageConnection) {
  return client.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'python', version: 7, text },
  });
}

function goldenLibrary() {
  const capture = new GoldenCapture({
    file_lines: { lines: [fileLine(2, 61 * MB)] },
    functions: { functions: [functionRow('load', 1, 61 * MB)] },
    source: { text, uncertain: false },
  });
  return { capture, library: new GoldenLibrary({ [path]: capture }) };
}

describe('of a capture that is open and shown', () => {
  async function shownEditor() {
    const { library, capture } = goldenLibrary();
    const client = await editor(library);
    expect(await ask(client, openCapture, { path })).toEqual(summary);
    await ask(client, showCapture, shownByDefault);
    await openDocument(client);
    return { client, capture };
  }

  test('a document has figures, of the version that was mapped', async () => {
    const { client } = await shownEditor();
    const annotated = await ask(client, annotateDocument, { uri });
    expect(annotated).toMatchObject({ version: 7, lines: [{ line: 2, bytes: 61 * MB, stale: false }] });
  });

  test('a document that is only being opened is waited for', async () => {
    const { library } = goldenLibrary();
    const client = await editor(library);
    await ask(client, openCapture, { path });
    await ask(client, showCapture, shownByDefault);
    const annotated = ask(client, annotateDocument, { uri });
    await openDocument(client);
    expect(await annotated).toMatchObject({ lines: [{ line: 2 }] });
    const { token, cancel } = cancellation();
    const never = ask(client, annotateDocument, { uri: 'file:///never/opened.py' }, token);
    await ask(client, openCapture, { path });
    cancel();
    expect(await never).toBeNull();
  });

  test('figures follow an edit', async () => {
    const { client } = await shownEditor();
    const start = { line: 0, character: 0 };
    await client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 8 },
      contentChanges: [{ range: { start, end: start }, text: '# new\n' }],
    });
    expect(await ask(client, annotateDocument, { uri })).toMatchObject({ version: 8, lines: [{ line: 3 }] });
    expect(await ask(client, locateLine, { path, file: FILE, uri, line: 2 })).toBe(3);
  });

  test('lenses and hovers answer by plain LSP', async () => {
    const { client } = await shownEditor();
    expect(await client.sendRequest('textDocument/codeLens', { textDocument: { uri } })).toHaveLength(2);
    const end = { line: 1, character: '    rows = read()'.length };
    expect(await client.sendRequest('textDocument/hover', { textDocument: { uri }, position: end })).toHaveProperty(
      'contents.value',
      expect.stringContaining('at peak'),
    );
  });

  test("a question is answered with the core's JSON", async () => {
    const { client } = await shownEditor();
    const answer = await ask(client, queryCapture, { path, query: { query: 'source', file: FILE } });
    expect(JSON.parse(answer)).toEqual({ text, uncertain: false });
  });

  test('nothing is left of the figures when nothing is shown', async () => {
    const { client } = await shownEditor();
    await ask(client, showCapture, { ...shownByDefault, path: null });
    expect(await ask(client, annotateDocument, { uri })).toBeNull();
    expect(await client.sendRequest('textDocument/codeLens', { textDocument: { uri } })).toBeNull();
  });

  test('opening it again reads what was appended', async () => {
    const { client, capture } = await shownEditor();
    await ask(client, annotateDocument, { uri });
    capture.appended = { file_lines: { lines: [fileLine(2, 80 * MB)] } };
    await ask(client, openCapture, { path });
    expect(await ask(client, annotateDocument, { uri })).toMatchObject({ lines: [{ bytes: 80 * MB }] });
  });

  test('closing lets go of it', async () => {
    const { client, capture } = await shownEditor();
    await ask(client, closeCapture, { path });
    expect(capture.closed).toBe(true);
    await expect(ask(client, queryCapture, { path, query: { query: 'summary' } })).rejects.toThrow('is not open');
  });
});

describe('a capture that cannot be opened', () => {
  test("is the core's sentence, with its code", async () => {
    const client = await editor(new GoldenLibrary({}));
    await expect(ask(client, openCapture, { path })).rejects.toMatchObject({
      message: `There is no file ${path}.`,
      data: { code: 'not_found' },
    });
  });

  test('for want of the native part fails that request alone', async () => {
    const client = await editor(() => {
      throw new Error('The native part could not be loaded.');
    });
    for (let i = 0; i < 2; i++) {
      await expect(ask(client, openCapture, { path })).rejects.toThrow('The native part could not be loaded.');
    }
  });

  test('because the user cancelled is told as such', async () => {
    let started = () => {};
    const reads = new Promise<void>((resolve) => {
      started = resolve;
    });
    const library = new GoldenLibrary({}, (options) => {
      started();
      return new Promise((_, reject) => {
        const cancelled = Object.assign(new Error('Reading was cancelled.'), { code: 'cancelled' });
        options?.signal?.addEventListener('abort', () => reject(cancelled));
      });
    });
    const client = await editor(library);
    const { token, cancel } = cancellation();
    const opened = ask(client, openCapture, { path }, token);
    await reads;
    cancel();
    await expect(opened).rejects.toMatchObject({ code: -32800, data: { code: 'cancelled' } });
  });
});

test('reading tells its progress', async () => {
  const { capture } = goldenLibrary();
  const library = new GoldenLibrary({ [path]: capture }, async (options) =>
    options?.onProgress?.({ done: 3, total: 4 }),
  );
  const client = await editor(library);
  const told = new Promise((resolve) => client.onNotification(reading.method, resolve));
  await ask(client, openCapture, { path });
  expect(await told).toEqual({ path, done: 3, total: 4 });
});

test('two readers of one capture take turns and share it', async () => {
  const { library } = goldenLibrary();
  const client = await editor(library);
  await Promise.all([ask(client, openCapture, { path }), ask(client, openCapture, { path })]);
  expect(library.opened).toEqual([path]);
});

function cancellation() {
  const source = new CancellationTokenSource();
  return { token: source.token, cancel: () => source.cancel() };
}
