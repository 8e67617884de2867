import {
  CancellationTokenSource,
  type Disposable,
  type Event,
  EventEmitter,
  Uri,
  type ViewColumn,
  type WebviewPanel,
} from 'vscode';
import type { Answers, Summary } from '../../shared/capture';
import { Command, type Location } from '../../shared/contributions';
import {
  type FromPanel,
  flatten,
  type PanelAction,
  type PanelAnswer,
  type PanelQuery,
  type PanelView,
  type ToPanel,
} from '../../shared/panel';
import type { ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { isCancellation } from '../language/readableError';
import icon from './flameGraph.svg';
import { pageOf, webviewFolder } from './page';

/** What a panel needs of the rest of the client. */
export interface PanelServices {
  extension: Uri;
  service: CaptureService;
  shown: ShownCapture;
  /** Shows the line in the editor beside and leaves the keyboard in the panel. Rejects with a sentence. */
  reveal(location: Location, capture: string, from: ViewColumn | undefined): Promise<void>;
  run(command: Command): unknown;
  /** Names of shown files whose figures are mostly for another text. */
  staleFiles(): string[];
  onDidChangeStale: Event<void>;
}

/** A capture as the panel knows it before it was read. */
export interface PanelCapture {
  path: string;
  /** Of the panel's tab: "pipeline.py · 14:32". */
  title: string;
}

const commandOf: Record<PanelAction, Command> = { showLog: Command.ShowLog, runAgain: Command.RunAgain };

/** One capture's panel: answers what the page asks, and tells it what was chosen elsewhere. */
export class FlameGraphPanel implements Disposable {
  private readonly asking = new Map<number, CancellationTokenSource>();
  private readonly disposed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  private units;
  private summary: Summary | null;
  private stale = '';

  readonly onDidDispose = this.disposed.event;

  constructor(
    private readonly panel: WebviewPanel,
    readonly capture: PanelCapture,
    private view: PanelView,
    private readonly services: PanelServices,
  ) {
    const { extension, shown, service } = services;
    this.units = shown.settings.units;
    this.summary = shown.last?.path === capture.path ? shown.last.summary : null;
    panel.title = capture.title;
    panel.iconPath = Uri.parse(`data:image/svg+xml;base64,${Buffer.from(icon).toString('base64')}`);
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewFolder(extension)] };
    this.listeners = [
      panel.webview.onDidReceiveMessage((message: FromPanel) => this.receive(message)),
      panel.onDidDispose(() => this.dispose()),
      shown.onDidChange(() => this.follow()),
      service.onDidRestart(() => this.post({ type: 'grew' })),
      services.onDidChangeStale(() => this.tellStale()),
    ];
    panel.webview.html = pageOf(panel.webview, extension);
  }

  get column(): ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  /** Brings the panel to the front, and what was asked for into it. */
  show(view: Partial<PanelView>): void {
    this.panel.reveal(undefined, true);
    this.choose(view);
  }

  dispose(): void {
    for (const source of this.asking.values()) source.cancel();
    for (const listener of this.listeners) listener.dispose();
    this.panel.dispose();
    this.disposed.fire();
    this.disposed.dispose();
  }

  private choose(view: Partial<PanelView>): void {
    this.view = { ...this.view, ...view };
    this.post({ type: 'choose', view, units: this.units });
  }

  /** The measure is one choice for lines, lenses and graph; units are the setting's. */
  private follow(): void {
    const { measure, settings, last } = this.services.shown;
    if (last?.path === this.capture.path && last.summary !== this.summary) {
      if (this.summary) this.post({ type: 'grew' });
      this.summary = last.summary;
    }
    this.tellStale();
    if (measure === this.view.measure && settings.units === this.units) return;
    this.units = settings.units;
    this.choose({ measure });
  }

  private tellStale(again = false): void {
    const { shown, staleFiles } = this.services;
    const files = shown.current?.path === this.capture.path ? staleFiles() : [];
    if (!again && files.join() === this.stale) return;
    this.stale = files.join();
    this.post({ type: 'stale', files });
  }

  private post(message: ToPanel): void {
    void this.panel.webview.postMessage(message);
  }

  private async receive(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.post({ type: 'capture', ...this.capture, units: this.units, view: this.view });
        this.tellStale(true);
        break;
      case 'ask':
        await this.answer(message.id, message.query);
        break;
      case 'cancel':
        this.asking.get(message.id)?.cancel();
        break;
      case 'reveal':
        await this.services.reveal(message.location, this.capture.path, this.column).catch((error: unknown) => {
          this.post({ type: 'say', text: sentenceOf(error) });
        });
        break;
      case 'view':
        this.view = message.view;
        break;
      case 'measure':
        await this.services.shown.setMeasure(message.measure);
        break;
      case 'act':
        await this.services.run(commandOf[message.action]);
        break;
    }
  }

  private async answer(id: number, query: PanelQuery): Promise<void> {
    const source = new CancellationTokenSource();
    this.asking.set(id, source);
    try {
      this.post({ type: 'answer', id, answer: await this.ask(query, source) });
    } catch (error) {
      this.post({
        type: 'failed',
        id,
        message: isCancellation(error) ? 'Reading was cancelled; nothing is shown yet.' : sentenceOf(error),
      });
    } finally {
      this.asking.delete(id);
      source.dispose();
    }
  }

  /** Opening costs little when the capture is open already; after a restart of the server, or of a capture that is
   * not the shown one any more, it is needed. */
  private async ask(query: PanelQuery, { token }: CancellationTokenSource): Promise<PanelAnswer> {
    const { service } = this.services;
    const { path } = this.capture;
    const summary = await service.open(path, {
      token,
      onProgress: (done, total) => this.post({ type: 'reading', done, total }),
    });
    if (query.query === 'summary') return summary;
    const answer = await service.query(path, query, token);
    return query.query === 'tree' ? flatten(answer as Answers['tree']) : (answer as PanelAnswer);
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
