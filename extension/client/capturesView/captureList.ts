import { type Disposable, type Event, EventEmitter } from 'vscode';
import type { Summary } from '../../shared/capture';
import { type CaptureFacts, type CaptureFile, factsOf } from './captureFacts';
import type { CaptureMarks } from './captureMarks';

export interface ListedCapture {
  readonly file: CaptureFile;
  /** Null: not read yet, too large to be read for a list, or not readable. */
  readonly facts: CaptureFacts | null;
  /** Why it can't be read. */
  readonly defect: string | null;
  /** Its program runs. */
  readonly recording: boolean;
  readonly name: string | undefined;
  readonly pinned: boolean;
}

export interface Sources {
  find(): Promise<CaptureFile[]>;
  /** Reads a capture; one that grows is kept open, so that the next time only what is new is read. */
  summarize(path: string, grows: boolean): Promise<Summary>;
  isRecording(path: string, pid: number): boolean;
  /** The same of a capture that was not read, so that its process is not known. */
  isRecordedByAnybody(path: string): boolean;
}

/** Reading a larger one takes seconds, and nobody has asked for it yet. Bytes. */
export const LARGEST_TO_READ = 64e6;

/** The captures of this workspace, newest first. */
export class CaptureList implements Disposable {
  private readonly changed = new EventEmitter<void>();
  private found: CaptureFile[] = [];
  private readonly defects = new Map<string, { modified: number; message: string }>();
  /** Too large to be read, and written to when they were last looked at. */
  private readonly writtenUnread = new Set<string>();
  private looked = false;
  private refreshing: Promise<void> | null = null;
  private again = false;

  readonly onDidChange: Event<void> = this.changed.event;

  constructor(
    private readonly sources: Sources,
    private readonly marks: CaptureMarks,
  ) {}

  get captures(): ListedCapture[] {
    return this.found
      .map((file) => this.listed(file))
      .sort((a, b) => timeOf(b) - timeOf(a) || a.file.path.localeCompare(b.file.path));
  }

  /** Looks for captures and reads the new ones, one after the other. Calls while it does so are one more round. */
  refresh(): Promise<void> {
    if (this.refreshing) {
      this.again = true;
      return this.refreshing;
    }
    this.refreshing = this.refreshNow().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  /** Looks for captures if nobody has yet: a list that nobody sees is not kept up to date from the start. */
  async known(): Promise<void> {
    if (!this.looked) await this.refresh();
  }

  /** What a reading for another purpose brought: it need not be read again for the list. */
  async learn(file: CaptureFile, summary: Summary): Promise<void> {
    await this.marks.keepFacts(file, factsOf(summary));
    this.changed.fire();
  }

  async rename(path: string, name: string): Promise<void> {
    await this.marks.rename(path, name.trim());
    this.changed.fire();
  }

  async pin(path: string, pinned: boolean): Promise<void> {
    await this.marks.pin(path, pinned);
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async refreshNow(): Promise<void> {
    do {
      this.again = false;
      this.found = await this.sources.find();
      this.looked = true;
      await this.marks.keepOnly(new Set(this.found.map(({ path }) => path)));
      this.changed.fire();
      for (const file of this.found) await this.read(file);
    } while (this.again);
  }

  private async read(file: CaptureFile): Promise<void> {
    this.writtenUnread.delete(file.path);
    if (
      file.size > LARGEST_TO_READ &&
      !this.marks.lastFacts(file.path) &&
      this.sources.isRecordedByAnybody(file.path)
    ) {
      this.writtenUnread.add(file.path);
    }
    const { recording } = this.listed(file);
    if ((this.marks.facts(file) && !recording) || file.size > LARGEST_TO_READ) return;
    if (this.defects.get(file.path)?.modified === file.modified) return;
    try {
      await this.marks.keepFacts(file, factsOf(await this.sources.summarize(file.path, recording)));
      this.defects.delete(file.path);
    } catch (error) {
      this.defects.set(file.path, { modified: file.modified, message: (error as Error).message });
    }
    this.changed.fire();
  }

  private listed(file: CaptureFile): ListedCapture {
    const { path } = file;
    const last = this.marks.lastFacts(path);
    const recording = last ? !last.complete && this.sources.isRecording(path, last.pid) : this.writtenUnread.has(path);
    // One that grows is never as it was read: until it is read again, what was read last is told.
    const facts = this.marks.facts(file) ?? (recording && last ? last : null);
    return {
      file,
      facts,
      defect: facts ? null : (this.defects.get(path)?.message ?? null),
      recording,
      name: this.marks.name(path),
      pinned: this.marks.isPinned(path),
    };
  }
}

export function timeOf({ facts, file }: Pick<ListedCapture, 'facts' | 'file'>): number {
  return facts?.startTimeMs ?? file.modified;
}
