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
  /** Its name, or its kernel id when it has none. */
  thread: string;
  allocator: string;
  /** Innermost first; empty for memory without Python code. Native frames, where they were recorded, stand among them. */
  stack: Frame[];
}

export interface Snapshot {
  /** Seconds since the start. */
  time_s: number;
  /** Bytes: the highest in the step, and the last sample (null: none yet). */
  heap: number;
  rss: number | null;
  /** The most that pymalloc had mapped in the step; null where detail is `system`. */
  arenas: number | null;
}

/** Python's frames of a stack alone, or the native ones. */
export const pythonStack = (stack: Frame[]): Frame[] => stack.filter(({ origin }) => origin !== 'native');
export const nativeStack = (stack: Frame[]): Frame[] => stack.filter(({ origin }) => origin === 'native');

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

  /** One row per line of code that asked for memory, with own figures, yours and with callees. */
  async lines(scope: Scope | null = null): Promise<Answers['lines']['rows']> {
    return (await this.query({ query: 'lines', scope })).rows;
  }

  /** One row per function, those with the most bytes of the measure first. */
  async functions(measure: Measure = 'peak', scope: Scope | null = null): Promise<Answers['functions']['functions']> {
    return (await this.query({ query: 'functions', measure, scope })).functions;
  }

  /** Text of a file as it was when the program ran; null when it is not in the capture. */
  async source(file: string): Promise<string | null> {
    return (await this.query({ query: 'source', file })).text;
  }

  /** Heap and resident memory over time, in at most so many steps; of a scope only its range counts. */
  async *snapshots(points = 1000, scope: Scope | null = null): AsyncGenerator<Snapshot> {
    const { times, heap, rss, arenas } = await this.query({ query: 'timeline', points, scope });
    for (const [i, time_s] of times.entries()) {
      yield { time_s, heap: heap[i] ?? 0, rss: rss[i] ?? null, arenas: arenas?.[i] ?? null };
    }
  }

  /** Most bytes of the measure first. */
  async *records(measure: Measure = 'peak', scope: Scope | null = null): AsyncGenerator<CaptureRecord> {
    const { threads } = await this.query({ query: 'threads' });
    const names = new Map(threads.map(({ id, name, kernel_id }) => [id, name || String(kernel_id)]));
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
