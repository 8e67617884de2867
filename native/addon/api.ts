/**
 * Captures for programs in Node: `require('alloclens/api')`. The questions are those of the editor, and what a capture
 * holds can be iterated over. Nothing is read on the main thread.
 */
import type { Answer, Answers, Measure, Origin, Query, Scope, Summary } from '../../extension/shared/capture';
import type { NativeCapture, OpenOptions } from './index';

export type * from '../../extension/shared/capture';
export type { CaptureError, OpenOptions, Progress } from './index';

const addon = require('./alloclens.node') as typeof import('./index');

/** Rows that are asked for at once. */
const PAGE = 50_000;

export interface Frame {
  function: string | null;
  file: string | null;
  /** The executing line, 1-based. */
  line: number | null;
  origin: Origin;
}

/** What one stack holds of a measure, by thread and allocator. */
export interface CaptureRecord {
  bytes: number;
  allocations: number;
  thread: string;
  allocator: string;
  /** Innermost first; empty for memory without Python code. */
  stack: Frame[];
}

export interface Snapshot {
  /** Seconds since the start. */
  time_s: number;
  /** Bytes: the highest in the step, and the last sample (null: none yet). */
  heap: number;
  rss: number | null;
}

export class Capture {
  private constructor(private readonly native: NativeCapture) {}

  /** Reads all that is there. Rejects with a `CaptureError`, as all that follows. */
  static async open(path: string, options?: OpenOptions): Promise<Capture> {
    return new Capture(await addon.open(path, options));
  }

  /** Reads what was appended since; true when anything was. */
  update(options?: OpenOptions): Promise<boolean> {
    return this.native.update(options);
  }

  async query<Q extends Query>(query: Q, options?: OpenOptions): Promise<Answer<Q>> {
    return JSON.parse(await this.native.query(JSON.stringify(query), options)) as Answer<Q>;
  }

  /** Totals of the run, and its metadata. */
  summary(): Promise<Summary> {
    return this.query({ query: 'summary' });
  }

  /** Heap and resident memory over time, in at most so many steps; of a scope only its range counts. */
  async *snapshots(points = 1000, scope: Scope | null = null): AsyncGenerator<Snapshot> {
    const { times, heap, rss } = await this.query({ query: 'timeline', points, scope });
    for (const [i, time_s] of times.entries()) {
      yield { time_s, heap: heap[i] ?? 0, rss: rss[i] ?? null };
    }
  }

  /** Most bytes of the measure first. */
  async *records(measure: Measure = 'peak', scope: Scope | null = null): AsyncGenerator<CaptureRecord> {
    const { threads } = await this.query({ query: 'threads' });
    const names = new Map(threads.map(({ id, name }) => [id, name]));
    const stacks = await this.stacks();
    for (let offset = 0, total = 1; offset < total; offset += PAGE) {
      const page: Answers['records'] = await this.query({ query: 'records', measure, offset, limit: PAGE, scope });
      total = page.total;
      for (const [i, bytes] of page.bytes.entries()) {
        yield {
          bytes,
          allocations: page.allocations[i] ?? 0,
          thread: names.get(page.thread[i] ?? 0) ?? '',
          allocator: page.allocator[i] ?? 'unknown',
          stack: stacks(page.stack[i] ?? 0),
        };
      }
    }
  }

  close(): void {
    this.native.close();
  }

  /** Tells the frames of a stack by its number. */
  private async stacks(): Promise<(stack: number) => Frame[]> {
    const frames: Frame[] = [];
    for (let total = 1; frames.length < total; ) {
      const page: Answers['frames'] = await this.query({ query: 'frames', offset: frames.length, limit: PAGE });
      total = page.total;
      for (const [i, origin] of page.origin.entries()) {
        frames.push({
          function: page.function[i] ?? null,
          file: page.file[i] ?? null,
          line: page.line[i] ?? null,
          origin,
        });
      }
    }
    const parents: number[] = [];
    const frameOf: number[] = [];
    for (let total = 1; parents.length < total; ) {
      const page: Answers['stacks'] = await this.query({ query: 'stacks', offset: parents.length, limit: PAGE });
      total = page.total;
      for (const parent of page.parent) parents.push(parent);
      for (const frame of page.frame) frameOf.push(frame);
    }
    return (stack) => {
      const path: Frame[] = [];
      for (let at = stack; at !== 0; at = parents[at] ?? 0) path.push(frames[frameOf[at] ?? 0] as Frame);
      return path;
    };
  }
}
