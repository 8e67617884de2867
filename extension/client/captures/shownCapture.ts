import { type Disposable, type Event, EventEmitter } from 'vscode';
import type { Answer, Attribution, Measure, Query, Summary } from '../../shared/capture';
import type { Shown } from '../../shared/protocol';
import type { CaptureService } from '../language/captureService';
import { isCancellation } from '../language/readableError';
import type { ReadingNotice } from './readingNotice';

/** A capture that was read, with what texts about it need. */
export interface OpenedCapture {
  /** Absolute path of the file. */
  readonly path: string;
  readonly summary: Summary;
  /** When it was recorded, for texts: "14:32". */
  readonly title: string;
}

/** Of the settings, what figures depend on. */
export type FigureSettings = Pick<Shown, 'units' | 'lineThreshold' | 'codeLens'>;

/** Where a failure is told; the default is a notification with [Show Log]. */
export type ReportFailure = (error: unknown) => void;

/**
 * The one state of what is shown: which capture, by which measure. Lines, lenses, hovers, the status bar and
 * the panel follow it, and nothing else keeps a copy.
 */
export class ShownCapture implements Disposable {
  private readonly changed = new EventEmitter<void>();
  private readonly restartListener: Disposable;
  private opened: OpenedCapture | null = null;
  private visible = false;
  private measureNow: Measure = 'peak';
  private attributionNow: Attribution = 'yours';
  private readingPath: string | null = null;
  private generation = 0;

  /** Anything below changed: capture, visibility, measure, attribution, settings, or reading began or ended. */
  readonly onDidChange: Event<void> = this.changed.event;

  constructor(
    private readonly service: CaptureService,
    private readonly notice: ReadingNotice,
    private readonly reportFailure: ReportFailure,
    private settingsNow: FigureSettings,
  ) {
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
    return this.measureNow;
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
      const before = this.opened;
      this.opened = { path, summary, title: captureTitle(summary) };
      this.visible = true;
      this.readingPath = null;
      await this.tellServer();
      this.changed.fire();
      if (before) await this.closeUnlessShown(before.path);
      return this.opened;
    } catch (error) {
      if (generation === this.generation) {
        this.readingPath = null;
        this.changed.fire();
      }
      if (!isCancellation(error)) this.reportFailure(error);
      return null;
    }
  }

  /** Lets the server read what there is of a growing capture, which changes nothing that is shown. */
  async readAhead(path: string): Promise<void> {
    await this.service.open(path);
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
      this.measureNow = measure;
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
    if (!this.opened) throw new Error('No capture is open. Profile a file or open a capture first.');
    return this.service.query(this.opened.path, query);
  }

  dispose(): void {
    this.restartListener.dispose();
    this.changed.dispose();
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
        measure: this.measureNow,
        attribution: this.attributionNow,
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
    const wasVisible = this.visible;
    this.opened = null;
    this.visible = false;
    if ((await this.open(before.path)) && !wasVisible) await this.clear();
  }
}

/** The hour a capture was started: "14:32". */
export function captureTitle(summary: Pick<Summary, 'start_time_ms'>): string {
  const start = new Date(summary.start_time_ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(start.getHours())}:${two(start.getMinutes())}`;
}
