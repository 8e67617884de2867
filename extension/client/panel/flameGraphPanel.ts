import { dirname } from 'node:path';
import {
  CancellationTokenSource,
  type Disposable,
  type Event,
  EventEmitter,
  env,
  l10n,
  Uri,
  type ViewColumn,
  type WebviewPanel,
  window,
  workspace,
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
  type RunState,
  type ToPanel,
} from '../../shared/panel';
import { askForRegion } from '../captures/regions';
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
  /** Shows the line in the editor that has it, or in a new one beside; the keyboard stays in the panel. Rejects with a sentence. */
  reveal(location: Location, capture: string, from: ViewColumn | undefined, beside: boolean): Promise<void>;
  /** A link that opens the capture as it is looked at. */
  linkTo(capture: string, view: PanelView): string;
  run(command: Command): unknown;
  /** Names of shown files whose figures are mostly for another text. */
  staleFiles(): string[];
  onDidChangeStale: Event<void>;
  /** How the user stopped the run of a capture, as a sentence; null when the program ended by itself. */
  stopped(capture: string): string | null;
  /** When the run before the shown one was recorded; null when there is none. */
  previous(): string | null;
  onDidChangePrevious: Event<void>;
  /** Stops the program that records; rejects with a sentence when it can't. */
  stop(capture: string): Promise<unknown>;
}

/** A capture as the panel knows it before it was read. */
export interface PanelCapture {
  path: string;
  /** Of the panel's tab: "pipeline.py · 14:32". */
  title: string;
}

const commandOf: Record<Exclude<PanelAction, 'stop' | 'chooseRegion'>, Command> = {
  showLog: Command.ShowLog,
  runAgain: Command.RunAgain,
  mark: Command.Mark,
  comparePrevious: Command.CompareWithPrevious,
  stopComparing: Command.StopComparing,
};

/** One capture's panel: answers what the page asks, and tells it what was chosen elsewhere. */
export class FlameGraphPanel implements Disposable {
  private readonly asking = new Map<number, CancellationTokenSource>();
  private readonly disposed = new EventEmitter<void>();
  private readonly listeners: Disposable[];
  private units;
  private summary: Summary | null;
  private stale = '';
  private run: RunState = { live: false, shown: false, marks: [], stopped: null, previous: null };

  readonly onDidDispose = this.disposed.event;

  constructor(
    private readonly panel: WebviewPanel,
    readonly capture: PanelCapture,
    private view: PanelView,
    private readonly services: PanelServices,
    /** The page may know from before a reload how it was looked at: nobody else kept that. */
    private restores = false,
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
      shown.onDidGrow((path) => this.grow(path)),
      service.onDidRestart(() => this.post({ type: 'grew' })),
      services.onDidChangeStale(() => this.tellStale()),
      services.onDidChangePrevious(() => this.tellRun()),
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
    const { measure, settings, last, range, region, base } = this.services.shown;
    const isShown = last?.path === this.capture.path;
    if (isShown && last.summary !== this.summary) {
      if (this.summary) this.post({ type: 'grew' });
      this.summary = last.summary;
    }
    this.tellStale();
    this.tellRun();
    // By value: the page's own choice comes as a copy, and an echo of it may arrive after the next choice.
    const same = !isShown || isSame([range, region, base], [this.view.range, this.view.region, this.view.base]);
    if (measure === this.view.measure && settings.units === this.units && same) return;
    this.units = settings.units;
    this.choose({ measure, ...(isShown && { range, region, base }) });
  }

  /** Of the shown capture `follow` tells, when its figures are there. */
  private grow(path: string): void {
    if (path !== this.capture.path || this.services.shown.last?.path === path) return;
    this.post({ type: 'grew' });
    this.tellRun();
  }

  private tellRun(again = false): void {
    const { shown, stopped, previous } = this.services;
    const { last, marks } = shown;
    const isShown = last?.path === this.capture.path;
    const run: RunState = {
      live: isShown ? last.live : shown.isRunning(this.capture.path),
      shown: isShown,
      marks: isShown ? marks : [],
      stopped: stopped(this.capture.path),
      previous: isShown && !last.live ? previous() : null,
    };
    if (!again && JSON.stringify(run) === JSON.stringify(this.run)) return;
    this.run = run;
    this.post({ type: 'run', run });
  }

  /** The caret moved to a line that the capture knows: it is selected in the panel too. */
  select(location: Location): void {
    if (this.panel.visible) this.post({ type: 'select', location });
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
        if (this.restores && message.saved?.path === this.capture.path) {
          const { measure: _, range, region, base: __, ...rest } = message.saved.view;
          // Of the shown capture these are what is shown.
          const isShown = this.services.shown.last?.path === this.capture.path;
          this.view = { ...this.view, ...rest, ...(!isShown && { range, region }) };
        }
        this.restores = false;
        this.post({ type: 'capture', ...this.capture, units: this.units, view: this.view });
        this.tellRun(true);
        this.tellStale(true);
        break;
      case 'ask':
        await this.answer(message.id, message.query);
        break;
      case 'cancel':
        this.asking.get(message.id)?.cancel();
        break;
      case 'reveal':
        await this.services
          .reveal(message.location, this.capture.path, this.column, message.beside ?? false)
          .catch((error: unknown) => this.say(sentenceOf(error)));
        break;
      case 'view':
        this.view = message.view;
        break;
      case 'measure':
        await this.services.shown.setMeasure(message.measure);
        break;
      case 'range': {
        const { shown } = this.services;
        // Of a capture that is not the shown one, the range is the panel's own.
        if (shown.last?.path === this.capture.path) await shown.setRange(message.range);
        break;
      }
      case 'region':
        await this.takeRegion(message.region);
        break;
      case 'copy':
        await env.clipboard.writeText(message.text);
        this.say(l10n.t('Copied.'));
        break;
      case 'copyLink':
        await env.clipboard.writeText(this.services.linkTo(this.capture.path, this.view));
        this.say(l10n.t('The link is copied. It opens this capture as it is looked at now, on this machine.'));
        break;
      case 'save':
        await this.save(message).catch((error: unknown) => this.say(sentenceOf(error)));
        break;
      case 'act':
        if (message.action === 'stop') await this.stop();
        else if (message.action === 'chooseRegion') await this.chooseRegion();
        else await this.services.run(commandOf[message.action]);
        break;
    }
  }

  private async chooseRegion(): Promise<void> {
    const { measure, range, region } = this.view;
    const asked = { path: this.capture.path, measure, range, region, units: this.units };
    try {
      const chosen = await askForRegion(this.services.service, asked);
      if (chosen !== undefined) await this.takeRegion(chosen);
    } catch (error) {
      this.say(sentenceOf(error));
    }
  }

  /** Of a capture that is not the shown one, the region is the panel's own, too. */
  private async takeRegion(region: string | null): Promise<void> {
    const { shown } = this.services;
    if (shown.last?.path === this.capture.path) await shown.setRegion(region);
    else this.choose({ region });
  }

  private async stop(): Promise<void> {
    try {
      await this.services.stop(this.capture.path);
    } catch (error) {
      this.say(sentenceOf(error));
    }
  }

  private say(text: string): void {
    this.post({ type: 'say', text });
  }

  private async save({ name, content, base64 }: Extract<FromPanel, { type: 'save' }>): Promise<void> {
    const folder = workspace.workspaceFolders?.[0]?.uri ?? Uri.file(dirname(this.capture.path));
    const target = await window.showSaveDialog({ defaultUri: Uri.joinPath(folder, name) });
    if (!target) return;
    await workspace.fs.writeFile(target, Buffer.from(content, base64 ? 'base64' : 'utf8'));
    this.say(l10n.t('Saved as {0}.', target.fsPath));
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
        message: isCancellation(error) ? l10n.t('Reading was cancelled; nothing is shown yet.') : sentenceOf(error),
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
    if (query.query === 'search') {
      const { query: _, ...search } = query;
      return service.search(path, search, token);
    }
    const answer = await service.query(path, query, token);
    const isTree = query.query === 'tree' || query.query === 'diff_tree';
    return isTree ? flatten(answer as Answers['tree' | 'diff_tree']) : (answer as PanelAnswer);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
