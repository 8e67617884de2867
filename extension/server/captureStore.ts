import { statSync } from 'node:fs';
import type { NativeCapture, OpenOptions } from '../../native/addon/index';
import type { Answer, Query } from '../shared/capture';
import type { Shown } from '../shared/protocol';

/** What the addon exports; tests put something of their own in its place. */
export interface NativeLibrary {
  open(path: string, options?: OpenOptions): Promise<NativeCapture>;
}

/** The captures that are open, by path. */
export class CaptureStore {
  private readonly captures = new Map<string, Capture>();
  private readonly reading = new Map<string, Promise<unknown>>();
  /** Those that are being opened, and not there yet. */
  private readonly opening = new Map<string, number>();
  /** Those that were only read to be summarized. */
  private readonly passing = new Set<string>();

  /** `library` is called at the first use: a native part that is missing fails the request, not the server. */
  constructor(private readonly library: () => NativeLibrary) {}

  /** Opens the capture, or reads what was appended since; both at once take turns. Rejects with the core's errors. */
  async open(path: string, options?: OpenOptions): Promise<Capture> {
    this.passing.delete(path);
    this.opening.set(path, (this.opening.get(path) ?? 0) + 1);
    try {
      return await this.read(path, options);
    } finally {
      this.opening.set(path, this.opening.get(path)! - 1);
    }
  }

  /** Reads a capture that nobody has open, and lets it go again unless it grows. */
  async summarize(path: string, grows: boolean): Promise<Answer<{ query: 'summary' }>> {
    if (!this.captures.has(path) && !this.opening.get(path)) this.passing.add(path);
    const capture = await this.read(path);
    const summary = await capture.ask({ query: 'summary' });
    if (!grows && this.passing.delete(path)) this.close(path);
    return summary;
  }

  get(path: string): Capture | undefined {
    return this.captures.get(path);
  }

  close(path: string): void {
    this.captures.get(path)?.close();
    this.captures.delete(path);
  }

  closeAll(): void {
    for (const path of [...this.captures.keys()]) this.close(path);
  }

  private async read(path: string, options?: OpenOptions): Promise<Capture> {
    const turn = (this.reading.get(path) ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => this.openNow(path, options));
    this.reading.set(path, turn);
    try {
      return await turn;
    } finally {
      if (this.reading.get(path) === turn) this.reading.delete(path);
    }
  }

  private async openNow(path: string, options?: OpenOptions): Promise<Capture> {
    const file = identityOf(path);
    const open = this.captures.get(path);
    if (open && (file === null || file === open.file)) {
      await open.update(options);
      return open;
    }
    const capture = new Capture(path, await this.library().open(path, options), file);
    this.close(path);
    this.captures.set(path, capture);
    return capture;
  }
}

/**
 * Which file a path names now. A run that records to the name of an earlier one puts a new file in its place, while an
 * open capture goes on reading the old one; null when there is none, and the old one is all there is.
 */
function identityOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : null;
}

/** Answers that are kept: some for each of the files that people have open, and for a few ranges. */
const MOST_KEPT = 200;

/** Of the large answers, so many characters. A panel asks for all of its own again when its tab comes to the front. */
const MOST_TEXT_KEPT = 16_000_000;
/** These do something; their answers only tell what. */
const ACTS: ReadonlySet<Query['query']> = new Set<Query['query']>(['export', 'repair', 'convert']);

/** What answers small questions, and keeps the answers. */
export interface Asked {
  ask<Q extends Query>(query: Q): Promise<Answer<Q>>;
}

/** An open capture. Answers are kept until more was read, so lenses and hovers ask the core once a file. */
export class Capture implements Asked {
  private kept = new Map<string, Promise<unknown>>();
  private readonly texts = new Map<string, string>();
  private revisionNow = 0;

  constructor(
    readonly path: string,
    private readonly native: NativeCapture,
    /** Which file it reads. */
    readonly file: string | null = null,
  ) {}

  /** Grows when more was read: what was derived from earlier answers is old then. */
  get revision(): number {
    return this.revisionNow;
  }

  async update(options?: OpenOptions): Promise<void> {
    if (!(await this.native.update(options))) return;
    this.kept.clear();
    this.texts.clear();
    this.revisionNow++;
  }

  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    return JSON.parse(await this.queryText(query)) as Answer<Q>;
  }

  async queryText(query: Query, signal?: AbortSignal): Promise<string> {
    const key = JSON.stringify(query);
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const { revision } = this;
    const text = await this.native.query(key, signal && { signal });
    if (revision === this.revision && !ACTS.has(query.query)) this.keep(key, text);
    return text;
  }

  /** Those that were asked for first go first. */
  private keep(key: string, text: string): void {
    this.texts.set(key, text);
    let length = [...this.texts.values()].reduce((sum, each) => sum + each.length, 0);
    for (const [oldest, { length: freed }] of this.texts) {
      if (length <= MOST_TEXT_KEPT) break;
      this.texts.delete(oldest);
      length -= freed;
    }
  }

  /** As `query`, for what is asked again and again and is small. */
  ask<Q extends Query>(query: Q): Promise<Answer<Q>> {
    const key = JSON.stringify(query);
    const known = this.kept.get(key);
    if (known) return known as Promise<Answer<Q>>;
    const answer = this.query(query);
    // The oldest goes: a range that is dragged along the timeline asks anew at every step.
    if (this.kept.size >= MOST_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, answer);
    answer.catch(() => this.kept.delete(key));
    return answer;
  }

  /** The capture at another path, which this one is compared with: the core keeps it open beside this one. */
  base(path: string): Asked {
    return {
      ask: <Q extends Query>(question: Q) => this.ask({ query: 'in_base', base: path, question }) as Promise<Answer<Q>>,
    };
  }

  /** Bytes of the hottest line of all files, of what is compared with too: the scale of the bars. */
  async hottestBytes({ measure, attribution, scope, base }: HottestOf): Promise<number> {
    const question = { query: 'hottest_line', measure, attribution, scope } as const;
    const all = await Promise.all([this.ask(question), base ? this.base(base.path).ask(question) : { bytes: 0 }]);
    return Math.max(...all.map(({ bytes }) => bytes));
  }

  close(): void {
    this.native.close();
  }
}

type HottestOf = Pick<Shown, 'measure' | 'attribution' | 'scope' | 'base'>;
