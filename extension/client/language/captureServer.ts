import { type CancellationToken, type Disposable, EventEmitter, type LogOutputChannel, type Uri } from 'vscode';
import { LanguageClient, type LanguageClientOptions, State, TransportKind } from 'vscode-languageclient/node';
import type { Answer, Query, Summary } from '../../shared/capture';
import { Command } from '../../shared/contributions';
import {
  type AnnotatedDocument,
  annotateDocument,
  closeCapture,
  locateLine,
  openCapture,
  queryCapture,
  type Request,
  reading,
  type Shown,
  showCapture,
} from '../../shared/protocol';
import type { CaptureService, OpenOptions } from './captureService';
import { CrashPolicy } from './crashPolicy';
import { readableError } from './readableError';

/** Commands that links in hovers may run. */
const LINKED_COMMANDS = [Command.OpenFlameGraph, Command.RevealLocation, Command.ClearFigures];

/** Tells the user about a server that ended; [Restart] is offered when it stays down. */
export interface CrashReport {
  restarted(): void;
  gaveUp(restart: () => void): void;
}

/** The language server: a process that starts with the first question, and is replaced when it died. */
export class CaptureServer implements CaptureService, Disposable {
  private client: LanguageClient | null = null;
  private starting: Promise<LanguageClient> | null = null;
  private readonly progress = new Map<string, (done: number, total: number) => void>();
  private readonly restarted = new EventEmitter<void>();
  private readonly crashes = new CrashPolicy();

  readonly onDidRestart = this.restarted.event;

  /** `module` is the server's bundle. */
  constructor(
    private readonly module: Uri,
    private readonly log: LogOutputChannel,
    private readonly crashReport: CrashReport,
  ) {}

  async open(path: string, { onProgress, token }: OpenOptions = {}): Promise<Summary> {
    if (onProgress) this.progress.set(path, onProgress);
    try {
      return await this.request(openCapture, { path }, token);
    } finally {
      if (this.progress.get(path) === onProgress) this.progress.delete(path);
    }
  }

  async close(path: string): Promise<void> {
    await this.request(closeCapture, { path });
  }

  async query<Q extends Query>(path: string, query: Q, token?: CancellationToken): Promise<Answer<Q>> {
    return (await this.request(queryCapture, { path, query }, token)) as Answer<Q>;
  }

  async show(shown: Shown): Promise<void> {
    await this.request(showCapture, shown);
  }

  annotate(uri: string, token?: CancellationToken): Promise<AnnotatedDocument | null> {
    return this.request(annotateDocument, { uri }, token);
  }

  locate(path: string, uri: string, line: number): Promise<number> {
    return this.request(locateLine, { path, uri, line });
  }

  /** Ends the server, if it runs, and starts a new one. */
  async restart(): Promise<void> {
    this.crashes.forget();
    const before = this.client;
    this.client = null;
    this.starting = null;
    await before?.dispose().catch((error: unknown) => this.log.warn(String(error)));
    await this.start();
    this.restarted.fire();
  }

  async dispose(): Promise<void> {
    this.restarted.dispose();
    await this.client?.dispose();
  }

  private async request<P, R>({ method }: Request<P, R>, params: P, token?: CancellationToken): Promise<R> {
    try {
      const client = await this.start();
      return await (token ? client.sendRequest<R>(method, params, token) : client.sendRequest<R>(method, params));
    } catch (error) {
      throw readableError(error);
    }
  }

  private start(): Promise<LanguageClient> {
    this.starting ??= this.startNow();
    return this.starting;
  }

  private async startNow(): Promise<LanguageClient> {
    const run = { module: this.module.fsPath, transport: TransportKind.ipc };
    const client = new LanguageClient('alloclens', 'AllocLens', { run, debug: run }, this.options());
    this.client = client;
    let ranBefore = false;
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      if (ranBefore) {
        this.crashReport.restarted();
        this.restarted.fire();
      }
      ranBefore = true;
    });
    client.onNotification(reading.method, ({ path, done, total }: NonNullable<typeof reading.params>) =>
      this.progress.get(path)?.(done, total),
    );
    try {
      await client.start();
    } catch (error) {
      this.starting = null;
      throw error;
    }
    return client;
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: 'file', language: 'python' }],
      outputChannel: this.log,
      markdown: { isTrusted: { enabledCommands: LINKED_COMMANDS }, supportThemeIcons: true },
      errorHandler: this.crashes.handler(() =>
        this.crashReport.gaveUp(() => {
          void this.restart().catch((error: unknown) => this.log.error(String(error)));
        }),
      ),
    };
  }
}
