import type { Memento } from 'vscode';
import type { CaptureFacts, CaptureFile } from './captureFacts';

interface Marks {
  /** What the user called it. */
  name?: string;
  pinned?: true;
  /** As read when the file had this size and age. */
  read?: { size: number; modified: number; facts: CaptureFacts };
}

const KEY = 'captures';

/** What is remembered of captures beside their files, by path: names, pins, and what was read from them. */
export class CaptureMarks {
  constructor(private readonly memento: Memento) {}

  name(path: string): string | undefined {
    return this.of(path).name;
  }

  isPinned(path: string): boolean {
    return this.of(path).pinned === true;
  }

  /** What was read from the file as it is now; undefined when it has changed since. */
  facts({ path, size, modified }: CaptureFile): CaptureFacts | undefined {
    const { read } = this.of(path);
    return read?.size === size && read.modified === modified ? read.facts : undefined;
  }

  /** What was read from it last, whatever has become of it since. */
  lastFacts(path: string): CaptureFacts | undefined {
    return this.of(path).read?.facts;
  }

  /** An empty name takes the name away. */
  rename(path: string, name: string): Thenable<void> {
    return this.change(path, ({ name: _, ...others }) => (name ? { ...others, name } : others));
  }

  pin(path: string, pinned: boolean): Thenable<void> {
    return this.change(path, ({ pinned: _, ...others }) => (pinned ? { ...others, pinned } : others));
  }

  keepFacts({ path, size, modified }: CaptureFile, facts: CaptureFacts): Thenable<void> {
    return this.change(path, (marks) => ({ ...marks, read: { size, modified, facts } }));
  }

  /** Forgets the captures that are gone. */
  async keepOnly(paths: ReadonlySet<string>): Promise<void> {
    const all = this.all();
    const gone = Object.keys(all).filter((path) => !paths.has(path));
    if (gone.length === 0) return;
    await this.memento.update(KEY, Object.fromEntries(Object.entries(all).filter(([path]) => paths.has(path))));
  }

  private all(): Record<string, Marks> {
    return this.memento.get<Record<string, Marks>>(KEY, {});
  }

  private of(path: string): Marks {
    return this.all()[path] ?? {};
  }

  private change(path: string, apply: (marks: Marks) => Marks): Thenable<void> {
    return this.memento.update(KEY, { ...this.all(), [path]: apply(this.of(path)) });
  }
}
