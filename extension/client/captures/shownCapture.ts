import { type Disposable, type Event, EventEmitter, l10n } from 'vscode';
import { noRangesText } from '../../shared/aggregate';
import type { Answer, Attribution, Measure, Query, Scope, Summary } from '../../shared/capture';
import { type PartOfRun, scopeOf, type TimeRange } from '../../shared/panel';
import type { Baseline, Shown } from '../../shared/protocol';
import { formatTimeOfDay } from '../../shared/units';
import type { CaptureService } from '../language/captureService';
import { isCancellation } from '../language/readableError';
import { Comparison } from './comparison';
import type { ReadingNotice } from './readingNotice';

/** A capture that was read, with what texts about it need. */
export interface OpenedCapture {
  /** Absolute path of the file. */
  readonly path: string;
  readonly summary: Summary;
  /** When it was recorded, for texts: "14:32". */
  readonly title: string;
  /** Its program runs, and more comes. */
  readonly live: boolean;
}

/** Of the settings, what figures depend on. */
export type FigureSettings = Pick<Shown, 'units' | 'lineThreshold' | 'codeLens' | 'pathMappings'>;

/** How a capture is looked at: what a window that is loaded again shows as before. */
export interface Look extends PartOfRun {
  measure: Measure;
  attribution: Attribution;
  /** Path of what it is compared with. */
  base: string | null;
  marks: readonly number[];
  /** URIs of documents without figures. */
  hidden: readonly string[];
  /** Not cleared. */
  visible: boolean;
}

const wholeRun: PartOfRun = { range: null, region: null };

/** Where a failure is told; the default is a notification with [Show Log]. */
export type ReportFailure = (error: unknown) => void;

/**
 * The one state of what is shown: which capture, by which measure. Lines, lenses, hovers, the status bar and
 * the panel follow it, and nothing else keeps a copy.
 */
export class ShownCapture implements Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly grew = new EventEmitter<string>();
  /** Captures whose programs run, shown or not. */
  private readonly running = new Set<string>();
  private readonly restartListener: Disposable;
  private opened: OpenedCapture | null = null;
  private visible = false;
  private measureNow: Measure = 'peak';
  /** While a program runs, what is there now is what one looks at, unless another measure is chosen then. */
  private liveMeasure: Measure | null = null;
  private attributionNow: Attribution = 'yours';
  private partNow = wholeRun;
  /** The last part that figures could be read of, and all memory in it. */
  private readPart = wholeRun;
  private partTotals: Summary | null = null;
  private marksNow: readonly number[] = [];
  private readonly comparison: Comparison;
  private readonly hiddenDocuments = new Set<string>();
  private readingPath: string | null = null;
  private generation = 0;

  /** Anything below changed: capture, visibility, measure, attribution, part of the run, settings, or reading began or ended. */
  readonly onDidChange: Event<void> = this.changed.event;

  /** More was read of the capture at this path, whose program runs or has just ended; it need not be the shown one. */
  readonly onDidGrow: Event<string> = this.grew.event;

  constructor(
    private readonly service: CaptureService,
    private readonly notice: ReadingNotice,
    private readonly reportFailure: ReportFailure,
    private settingsNow: FigureSettings,
  ) {
    this.comparison = new Comparison(service, notice);
    this.restartListener = service.onDidRestart(() => this.openAgain());
  }

  /** The capture that figures are shown of; null when none is, or they were cleared. */
  get current(): OpenedCapture | null {
    return this.visible ? this.opened : null;
  }

  /** The capture that `showAgain` would show: the last one opened, cleared or not. */
  get last(): OpenedCapture | null {
    return this.opened;
  }

  /** Path of the capture that is being read for the first time; null when none is. */
  get reading(): string | null {
    return this.readingPath;
  }

  get measure(): Measure {
    if (!this.opened?.live) return this.measureNow;
    return this.liveMeasure ?? 'unfreed';
  }

  /** The part of the run that figures are of; null for all of it. */
  get range(): TimeRange | null {
    return this.partNow.range;
  }

  /** Name of the region that figures are of; null for all memory. */
  get region(): string | null {
    return this.partNow.region;
  }

  /** Both, as the core is asked. */
  get scope(): Scope | null {
    return scopeOf(this.partNow);
  }

  /** Figures of all memory in the range and the region; of the whole run when there are none. */
  get totals(): Summary | null {
    return this.partTotals ?? this.opened?.summary ?? null;
  }

  /** What the shown capture is compared with; null when it stands alone. */
  get base(): Baseline | null {
    return this.comparison.base;
  }

  /** As `totals`, of what is compared with. */
  get baseTotals(): Summary | null {
    return this.comparison.totals;
  }

  /** Beginnings of generations, in seconds since the start. */
  get marks(): readonly number[] {
    return this.marksNow;
  }

  isRunning(path: string): boolean {
    return this.running.has(path);
  }

  isHidden(uri: string): boolean {
    return this.hiddenDocuments.has(uri);
  }

  get attribution(): Attribution {
    return this.attributionNow;
  }

  get settings(): FigureSettings {
    return this.settingsNow;
  }

  /**
   * Reads the capture and shows it in place of the one before. A long reading has a notice with Cancel.
   * Null when that failed, which the user was told then, or was cancelled, or another capture was opened meanwhile.
   */
  async open(path: string): Promise<OpenedCapture | null> {
    const generation = ++this.generation;
    this.readingPath = path;
    this.changed.fire();
    try {
      const summary = await this.notice.during(path, (onProgress, token) =>
        this.service.open(path, { onProgress, token }),
      );
      if (generation !== this.generation) {
        await this.closeUnlessShown(path);
        return null;
      }
      this.readingPath = null;
      return await this.put(path, summary, false);
    } catch (error) {
      if (generation === this.generation) {
        this.readingPath = null;
        this.changed.fire();
      }
      if (!isCancellation(error)) this.reportFailure(error);
      return null;
    }
  }

  get look(): Look {
    const { attribution, range, region, marks, base, visible } = this;
    return {
      measure: this.liveMeasure ?? this.measureNow,
      attribution,
      range,
      region,
      base: base?.path ?? null,
      marks,
      hidden: [...this.hiddenDocuments],
      visible,
    };
  }

  /** Shows the capture as it was looked at before. */
  async openAs(path: string, look: Look): Promise<void> {
    const { measure, attribution, range, region, base, marks, hidden, visible } = look;
    this.measureNow = measure;
    this.attributionNow = attribution;
    for (const uri of hidden) this.hiddenDocuments.add(uri);
    if (!(await this.open(path))) return;
    this.marksNow = marks;
    if (range || region !== null) await this.setPart({ range, region });
    if (base !== null) await this.compareWith(base);
    if (!visible) await this.clear();
  }

  /**
   * Shows what there is of a capture whose program runs: of a new one in place of what was shown, later only while
   * nothing else was chosen. Rejects when it can't be read yet. A reading that comes back after the program has ended,
   * and `ending` was aborted, is too late to say that it runs.
   */
  async follow(path: string, isNew: boolean, ending: AbortSignal): Promise<void> {
    const summary = await this.service.open(path);
    if (ending.aborted) return;
    this.running.add(path);
    this.grew.fire(path);
    if (this.readingPath !== null) return;
    if (isNew || (this.opened?.path === path && this.visible)) await this.put(path, summary, true);
  }

  /** The program whose capture was followed has ended. */
  ended(path: string): void {
    if (this.running.delete(path)) this.grew.fire(path);
  }

  private async put(path: string, summary: Summary, live: boolean): Promise<OpenedCapture> {
    const before = this.opened;
    if (before?.path !== path || summary.aggregate) {
      this.partNow = before?.path === path ? { ...this.partNow, range: null } : wholeRun;
      this.marksNow = [];
    }
    if (before?.path !== path) this.comparison.end();
    if (before?.live && !live && this.liveMeasure) this.measureNow = this.liveMeasure;
    if (!live || before?.path !== path) this.liveMeasure = null;
    const opened = { path, summary, title: captureTitle(summary), live };
    this.opened = opened;
    this.visible = true;
    await this.readTotals();
    await this.tellServer();
    this.changed.fire();
    if (before) await this.closeUnlessShown(before.path);
    return opened;
  }

  /** All of them or, when that fails or a newer part was chosen meanwhile, none. */
  private async readTotals(): Promise<void> {
    const { opened, partNow: part, scope } = this;
    const totals = opened && scope ? await this.service.query(opened.path, { query: 'summary', scope }) : null;
    if (opened && part === this.partNow) await this.comparison.readTotals(opened.path, scope);
    if (part !== this.partNow) return;
    this.readPart = part;
    this.partTotals = totals;
  }

  /**
   * Compares two captures: the one at the path, and the shown one. The later of them is shown, and everything tells
   * what grew and shrank since the earlier. False when that failed, which the user was told then, or was cancelled.
   */
  async compareWith(path: string): Promise<boolean> {
    try {
      const before = this.opened;
      if (!before) throw new Error(l10n.t('No capture is shown to compare this one with. Open another one first.'));
      if (path === before.path) {
        throw new Error(l10n.t('This capture is the one that is shown. Choose another to compare it with.'));
      }
      const { earlier, later } = await this.comparison.inOrder(before, path);
      if (later.path !== before.path && !(await this.open(later.path))) return false;
      const now = this.opened;
      if (now?.path !== later.path) return false;
      await this.comparison.begin(earlier, now, this.scope);
      await this.change(() => {
        this.visible = true;
      });
      return true;
    } catch (error) {
      await this.change(() => undefined);
      if (!isCancellation(error)) this.reportFailure(error);
      return false;
    }
  }

  async stopComparing(): Promise<void> {
    await this.change(() => this.comparison.end());
  }

  /** Takes the figures off lines and functions; the capture stays open. */
  async clear(): Promise<void> {
    await this.change(() => {
      this.visible = false;
    });
  }

  /** Puts the figures of the last capture back; false when there was none. */
  async showAgain(): Promise<boolean> {
    if (!this.opened) return false;
    await this.change(() => {
      this.visible = true;
    });
    return true;
  }

  async setMeasure(measure: Measure): Promise<void> {
    await this.change(() => {
      if (this.opened?.live) this.liveMeasure = measure;
      else this.measureNow = measure;
    });
  }

  /** All figures are of this range from now on; null: of all of the run. When that fails, what was there before stays. */
  setRange(range: TimeRange | null): Promise<void> {
    return this.setPart({ ...this.partNow, range });
  }

  /** The same of a region by its name; null: all memory. */
  setRegion(region: string | null): Promise<void> {
    return this.setPart({ ...this.partNow, region });
  }

  private async setPart(part: PartOfRun): Promise<void> {
    this.partNow = part;
    try {
      if (part.range && this.opened?.summary.aggregate) throw new Error(noRangesText());
      await this.readTotals();
    } catch (error) {
      // A newer choice tells of itself.
      if (part !== this.partNow) return;
      this.partNow = this.readPart;
      if (!isCancellation(error)) this.reportFailure(error);
      await this.change(() => undefined);
      return;
    }
    if (part === this.partNow) await this.change(() => undefined);
  }

  /** Begins a generation now: figures are of what comes after it. False when no program runs; rejects for an aggregate. */
  async mark(now = Date.now()): Promise<boolean> {
    if (!this.opened?.live) return false;
    if (this.opened.summary.aggregate) throw new Error(noRangesText());
    const seconds = Math.max(0, (now - this.opened.summary.start_time_ms) / 1000);
    this.marksNow = [...this.marksNow, seconds];
    await this.setRange({ from_s: seconds });
    return true;
  }

  /** Takes the figures off one document, or puts them back. */
  async toggleDocument(uri: string): Promise<void> {
    await this.change(() => {
      if (!this.hiddenDocuments.delete(uri)) this.hiddenDocuments.add(uri);
    });
  }

  async setAttribution(attribution: Attribution): Promise<void> {
    await this.change(() => {
      this.attributionNow = attribution;
    });
  }

  async setSettings(settings: FigureSettings): Promise<void> {
    await this.change(() => {
      this.settingsNow = settings;
    });
  }

  /** Asks the last capture; rejects with a sentence when there is none. */
  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    if (!this.opened) throw new Error(l10n.t('No capture is open. Profile a file or open a capture first.'));
    return this.service.query(this.opened.path, query);
  }

  dispose(): void {
    this.restartListener.dispose();
    this.changed.dispose();
    this.grew.dispose();
  }

  private async change(apply: () => void): Promise<void> {
    apply();
    await this.tellServer();
    this.changed.fire();
  }

  /** Without a capture there is nothing to tell, and a server need not be started to hear it. */
  private async tellServer(): Promise<void> {
    if (!this.opened) return;
    try {
      await this.service.show({
        path: this.visible ? this.opened.path : null,
        measure: this.measure,
        attribution: this.attributionNow,
        scope: this.scope,
        base: this.base,
        live: this.opened.live,
        hidden: [...this.hiddenDocuments],
        ...this.settingsNow,
        title: this.opened.title,
      });
    } catch (error) {
      this.reportFailure(error);
    }
  }

  /** A capture that is not shown and not about to be need not stay in the server's memory. */
  private async closeUnlessShown(path: string): Promise<void> {
    if (path !== this.opened?.path && path !== this.readingPath) await this.service.close(path);
  }

  /** A new server knows nothing. Without a capture that can be read again, what it would be asked for is forgotten. */
  private async openAgain(): Promise<void> {
    const before = this.opened;
    if (!before || this.readingPath) return;
    const { look } = this;
    this.opened = null;
    this.visible = false;
    await this.openAs(before.path, look);
  }
}

/** The hour a capture was started: "14:32". */
export function captureTitle({ start_time_ms }: Pick<Summary, 'start_time_ms'>): string {
  return formatTimeOfDay(start_time_ms);
}
