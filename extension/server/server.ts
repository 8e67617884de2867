import {
  type CancellationToken,
  CodeLensRefreshRequest,
  type Connection,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { CaptureError } from '../../native/addon/index';
import {
  annotateDocument,
  type CaptureErrorData,
  closeCapture,
  locateLine,
  openCapture,
  queryCapture,
  type Request,
  reading,
  type ServerOptions,
  type Shown,
  searchCapture,
  showCapture,
  summarizeCapture,
} from '../shared/protocol';
import { t, translateWith } from '../shared/translate';
import { annotate } from './annotate';
import { type Capture, CaptureStore, type NativeLibrary } from './captureStore';
import { codeLenses } from './codeLens';
import { hover } from './hover';
import { inlayHints } from './inlayHints';
import { LensRefresh } from './lensRefresh';
import { locate } from './locate';
import { withoutCommands } from './markdown';
import { PlainEditor, plainCommands } from './plainEditor';
import { searchFrames } from './searchFrames';
import { type ShownDocument, showDocument } from './shownDocument';

/** At most one progress notification in so many milliseconds. */
const PROGRESS_INTERVAL_MS = 50;
/** How long an answer waits for a document that the editor has not told of yet: a window that is being loaded is busy. */
const OPENING_MS = 60_000;

/** Answers one editor until the connection ends. `library` is the native addon. */
export function serve(connection: Connection, library: () => NativeLibrary): void {
  const documents = new TextDocuments(TextDocument);
  const store = new CaptureStore(library);
  let shown: Shown | null = null;
  let refreshesLenses = false;
  let refreshesHints = false;

  let plain: PlainEditor | null = null;

  const lenses = new LensRefresh(() => void connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined));

  connection.onInitialize(({ capabilities, initializationOptions, workspaceFolders, rootUri }) => {
    const options = (initializationOptions ?? {}) as ServerOptions;
    translateWith(options.translations);
    refreshesLenses = capabilities.workspace?.codeLens?.refreshSupport ?? false;
    refreshesHints = capabilities.workspace?.inlayHint?.refreshSupport ?? false;
    if (!options.drawsFigures) {
      const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
      const folders = uris.map((uri) => URI.parse(uri).fsPath);
      plain = new PlainEditor(
        [...folders, ...(options.captureDirectory ? [options.captureDirectory] : [])],
        options,
        store,
        {
          show,
          say: (message) =>
            void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message }),
          reveal: ({ file, line }) => {
            const start = { line: line - 1, character: 0 };
            void connection.window.showDocument({
              uri: URI.file(file).toString(),
              takeFocus: true,
              selection: { start, end: start },
            });
          },
        },
      );
    }
    return {
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        codeLensProvider: {},
        hoverProvider: true,
        ...(plain && { inlayHintProvider: true, executeCommandProvider: { commands: plainCommands } }),
      },
      serverInfo: { name: 'AllocLens' },
    };
  });

  on(openCapture, async ({ path }, token) => {
    const capture = await store.open(path, {
      signal: signalOf(token),
      onProgress: atMostEvery(PROGRESS_INTERVAL_MS, ({ done, total }) =>
        connection.sendNotification(reading.method, { path, done, total }),
      ),
    });
    return capture.ask({ query: 'summary' });
  });

  on(summarizeCapture, ({ path, grows }) => store.summarize(path, grows));

  on(closeCapture, ({ path }) => {
    store.close(path);
    return null;
  });

  on(queryCapture, ({ path, query }, token) => openOne(path).queryText(query, signalOf(token)));

  on(searchCapture, ({ path, search }, token) => searchFrames(openOne(path), search, signalOf(token)));

  on(showCapture, (next) => {
    show(next);
    return null;
  });

  on(annotateDocument, async ({ uri }, token) => {
    await opened(uri, token);
    const document = await shownDocument(uri);
    return document && annotate(document);
  });

  on(locateLine, ({ path, file, uri, line }) => {
    const capture = store.get(path);
    return capture ? locate(capture, file, line, uri, documents.get(uri)?.getText()) : line;
  });

  connection.onCodeLens(({ textDocument }) =>
    failing(async () => {
      const document = await shownDocument(textDocument.uri);
      return document && codeLenses(document);
    }).finally(() => lenses.answered()),
  );

  connection.onHover(({ textDocument, position }) =>
    failing(async () => {
      const document = await shownDocument(textDocument.uri);
      const answer = document && (await hover(document, position));
      return plain && answer ? withoutCommands(answer) : answer;
    }),
  );

  connection.languages.inlayHint.on(({ textDocument, range }) =>
    failing(async () => {
      const document = await shownDocument(textDocument.uri);
      return document && inlayHints(document, range);
    }),
  );

  connection.onInitialized(() => plain?.start());
  connection.onExecuteCommand(({ command, arguments: given = [] }) => failing(() => plain?.execute(command, given)));
  connection.onShutdown(() => {
    plain?.dispose();
    store.closeAll();
  });
  documents.listen(connection);
  connection.listen();

  /** Registers what answers a request; errors go out as the client can show them. */
  function on<P, R>({ method }: Request<P, R>, answer: (params: P, token: CancellationToken) => R | Promise<R>): void {
    connection.onRequest(method, (params: P, token: CancellationToken) =>
      failing<unknown>(() => answer(params, token)),
    );
  }

  function openOne(path: string): Capture {
    const capture = store.get(path);
    if (!capture) throw new Error(t('{0} is not open. Open the capture first.', path));
    return capture;
  }

  function show(next: Shown): void {
    shown = next;
    // Nobody waits for the editor's answer, and one that is closing gives none.
    if (refreshesLenses) lenses.request();
    if (refreshesHints) connection.languages.inlayHint.refresh().catch(() => undefined);
  }

  /** The editor may ask about a document whose opening is still on its way. */
  async function opened(uri: string, token: CancellationToken): Promise<void> {
    if (documents.get(uri) || !shown?.path) return;
    await new Promise<void>((done) => {
      const listener = documents.onDidOpen(({ document }) => {
        if (document.uri === uri) end();
      });
      const timer = setTimeout(() => end(), OPENING_MS);
      const cancelled = token.onCancellationRequested(() => end());
      const end = () => {
        clearTimeout(timer);
        listener.dispose();
        cancelled.dispose();
        done();
      };
    });
  }

  async function shownDocument(uri: string): Promise<ShownDocument | null> {
    const document = documents.get(uri);
    const capture = shown?.path ? store.get(shown.path) : undefined;
    if (!shown || !document || !capture || shown.hidden.includes(uri)) return null;
    return showDocument(shown, capture, { uri, version: document.version, text: document.getText() });
  }
}

function signalOf(token: CancellationToken): AbortSignal {
  const aborter = new AbortController();
  token.onCancellationRequested(() => aborter.abort());
  return aborter.signal;
}

/** Gives the client errors that it can show: a sentence, and the core's code and offset. */
async function failing<T>(answer: () => T | Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    const { message, code, offset } = error as Partial<CaptureError>;
    const kind = code === 'cancelled' ? LSPErrorCodes.RequestCancelled : LSPErrorCodes.RequestFailed;
    const data: CaptureErrorData = { code: code ?? 'internal', ...(offset === undefined ? {} : { offset }) };
    throw new ResponseError(kind, message ?? String(error), data);
  }
}

function atMostEvery<T>(intervalMs: number, call: (value: T) => unknown): (value: T) => void {
  let last = 0;
  return (value) => {
    const now = Date.now();
    if (now - last < intervalMs) return;
    last = now;
    void call(value);
  };
}
