import { createRequire } from 'node:module';
import { type CancellationToken, type Disposable, EventEmitter, type LogOutputChannel } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Answer, FoundFrames, Query, Summary } from '../../shared/capture';
import {
  type AnnotatedDocument,
  annotateDocument,
  closeCapture,
  type FrameSearch,
  locateLine,
  openCapture,
  queryCapture,
  type Request,
  type Shown,
  searchCapture,
  showCapture,
  summarizeCapture,
} from '../../shared/protocol';
import type { CaptureService, OpenOptions } from './captureService';
import { CrashPolicy } from './crashPolicy';
import { readableError } from './readableError';

/** Tells the user about a server that ended. */
export interface CrashReport {
  restarted(): void;
  /** It ended too often and stays down. */
  gaveUp(): void;
}

/** The language server: a process that starts with the first question, and is replaced when it died. */
export class CaptureServer implements CaptureService, Disposable {
  private running: Promise<LanguageClient> | null = null;
  /** The notice and the panel may both wait for one capture. */
  private readonly progress = new Set<{ path: string; tell: (done: number, total: number) => void }>();
  private readonly restarted = new EventEmitter<void>();
  private readonly crashes = new CrashPolicy();

  readonly onDidRestart = this.restarted.event;

  /** `module` is the path of the server's bundle. */
  constructor(
    private readonly module: string,
    private readonly log: LogOutputChannel,
    private readonly crashReport: CrashReport,
  ) {}

  async open(path: string, { onProgress, token }: OpenOptions = {}): Promise<Summary> {
    const listener = { path, tell: onProgress ?? (() => undefined) };
    this.progress.add(listener);
    try {
      return await this.request(openCapture, { path }, token);
    } finally {
      this.progress.delete(listener);
    }
  }

  summarize(path: string, grows: boolean): Promise<Summary> {
    return this.request(summarizeCapture, { path, grows });
  }

  async close(path: string): Promise<void> {
    await this.request(closeCapture, { path });
  }

  async query<Q extends Query>(path: string, query: Q, token?: CancellationToken): Promise<Answer<Q>> {
    return JSON.parse(await this.request(queryCapture, { path, query }, token)) as Answer<Q>;
  }

  search(path: string, search: FrameSearch, token?: CancellationToken): Promise<FoundFrames> {
    return this.request(searchCapture, { path, search }, token);
  }

  async show(shown: Shown): Promise<void> {
    await this.request(showCapture, shown);
  }

  annotate(uri: string, token?: CancellationToken): Promise<AnnotatedDocument | null> {
    return this.request(annotateDocument, { uri }, token);
  }

  locate(path: string, file: string, uri: string, line: number): Promise<number> {
    return this.request(locateLine, { path, file, uri, line });
  }

  /** Ends the server, if it runs, and starts a new one. */
  async restart(): Promise<void> {
    this.crashes.forget();
    await this.stop();
    await this.start();
    this.restarted.fire();
  }

  async dispose(): Promise<void> {
    this.restarted.dispose();
    await this.stop();
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
    if (!this.running) {
      this.running = this.startNow();
      // A start that failed is tried again by the next question.
      this.running.catch(() => {
        this.running = null;
      });
    }
    return this.running;
  }

  private async startNow(): Promise<LanguageClient> {
    // A bundle of its own, which lies beside the one that this file is part of: see scripts/build.mjs.
    const { startClient } = createRequire(__filename)('./languageClient.cjs') as typeof import('./languageClient');
    return startClient(this.module, this.log, {
      crashed: () => {
        const again = this.crashes.shouldRestart();
        if (!again) this.crashReport.gaveUp();
        return again;
      },
      restarted: () => {
        this.crashReport.restarted();
        this.restarted.fire();
      },
      reading: (path, done, total) => {
        for (const listener of this.progress) if (listener.path === path) listener.tell(done, total);
      },
    });
  }

  /** One that failed to start, or is down already, has nothing left to stop. */
  private async stop(): Promise<void> {
    const client = await this.running?.catch(() => null);
    this.running = null;
    await client?.dispose().catch((error: unknown) => this.log.warn(`Stopping the language server: ${error}`));
  }
}
