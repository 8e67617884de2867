import { statSync } from 'node:fs';
import type { NativeCapture, OpenOptions } from '../../native/addon/index';
import type { Answer, Query } from '../shared/capture';
import { bytesOf } from '../shared/measures';
import type { Shown } from '../shared/protocol';

/** What the addon exports; tests put something of their own in its place. */
export interface NativeLibrary {
  open(path: string, options?: OpenOptions): Promise<NativeCapture>;
}

/** The captures that are open, by path. */
export class CaptureStore {
  private readonly captures = new Map<string, Capture>();
  private readonly reading = new Map<string, Promise<unknown>>();
  /** Those that were only read to be summarized. */
  private readonly passing = new Set<string>();

  /** `library` is called at the first use: a native part that is missing fails the request, not the server. */
  constructor(private readonly library: () => NativeLibrary) {}

  /** Opens the capture, or reads what was appended since; both at once take turns. Rejects with the core's errors. */
  async open(path: string, options?: OpenOptions): Promise<Capture> {
    this.passing.delete(path);
    return this.read(path, options);
  }

  /** Reads a capture that nobody has open, and lets it go again unless it grows. */
  async summarize(path: string, grows: boolean): Promise<Answer<{ query: 'summary' }>> {
    if (!this.captures.has(path)) this.passing.add(path);
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

/** An open capture. Answers are kept until more was read, so lenses and hovers ask the core once a file. */
export class Capture {
  private kept = new Map<string, Promise<unknown>>();
  private hottest: { key: string; bytes: Promise<number> } | null = null;
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
    this.hottest = null;
    this.revisionNow++;
  }

  async query<Q extends Query>(query: Q): Promise<Answer<Q>> {
    return JSON.parse(await this.queryText(query)) as Answer<Q>;
  }

  queryText(query: Query, signal?: AbortSignal): Promise<string> {
    return this.native.query(JSON.stringify(query), signal && { signal });
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

  /** Bytes of the hottest line of all files: the scale of the bars. */
  hottestBytes({ measure, attribution, scope }: HottestOf): Promise<number> {
    const key = JSON.stringify([measure, attribution, scope]);
    if (this.hottest?.key !== key) {
      const bytes = this.query({ query: 'lines', scope }).then(({ rows }) =>
        hottestLine(rows, { measure, attribution }),
      );
      this.hottest = { key, bytes };
    }
    return this.hottest.bytes;
  }

  close(): void {
    this.native.close();
  }
}

type HottestOf = Pick<Shown, 'measure' | 'attribution' | 'scope'>;

/** A line can have several rows, one for each function that runs on it; callees of one may be those of another. */
function hottestLine(rows: Answer<{ query: 'lines' }>['rows'], of: Pick<HottestOf, 'measure' | 'attribution'>): number {
  const lines = new Map<string, number>();
  let hottest = 0;
  for (const row of rows) {
    if (row.file === null || row.line === null) continue;
    const place = `${row.line} ${row.file}`;
    const bytes = bytesOf(of.attribution === 'own' ? row : row[of.attribution], of.measure);
    const before = lines.get(place) ?? 0;
    const together = of.attribution === 'with_callees' ? Math.max(before, bytes) : before + bytes;
    lines.set(place, together);
    hottest = Math.max(hottest, together);
  }
  return hottest;
}
