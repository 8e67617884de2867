/** A capture with known answers, in place of the addon's, for tests of what is made of them. */
import type { NativeCapture, OpenOptions } from '../../../native/addon/index';
import type { Answers, Figures, FileLine, FunctionRow, Query, Summary } from '../../shared/capture';
import { Capture, type NativeLibrary } from '../captureStore';

export const MB = 1_000_000;

/** Peak bytes, and the other measures made from them: half is unfreed, twice as much is the total. */
export function figures(peakBytes: number, allocations = 1000): Figures {
  return {
    peak_bytes: peakBytes,
    peak_allocations: allocations,
    unfreed_bytes: peakBytes / 2,
    unfreed_allocations: allocations / 2,
    total_bytes: peakBytes * 2,
    total_allocations: allocations * 2,
    temporary_bytes: 0,
    temporary_allocations: 0,
  };
}

export function fileLine(line: number, peakBytes: number): FileLine {
  const all = figures(peakBytes);
  return { line, own: all, yours: all, with_callees: all };
}

export function functionRow(name: string, firstLine: number, peakBytes: number, allocations?: number): FunctionRow {
  const all = figures(peakBytes, allocations);
  return { file: FILE, function: name, first_line: firstLine, origin: 'yours', own: all, with_callees: all };
}

export const FILE = '/project/pipeline.py';

export const summary: Summary = {
  ...figures(100 * MB),
  run_id: 'run',
  parent_run_id: null,
  command: ['pipeline.py'],
  target: { kind: 'script', name: FILE },
  cwd: '/project',
  pid: 1,
  parent_pid: 0,
  python_version: '3.12.1',
  platform: 'linux',
  detail: 'objects',
  start_time_ms: Date.UTC(2026, 0, 1, 12),
  end_time_ms: Date.UTC(2026, 0, 1, 12) + 6200,
  duration_s: 6.2,
  peak_time_s: 5.1,
  peak_rss_bytes: 120 * MB,
  events: 10,
  lost_events: 0,
  exit_status: 0,
  ending: 'finished',
  complete: true,
  children: [],
  aggregate: false,
  memory_limit: null,
  notes: [],
  damage: null,
};

/** What is asked with nothing else said; tests give what they are about. */
export type Golden = Partial<Answers> & {
  /** Of the capture that it is compared with. */
  base?: Golden;
};

export const golden: Golden = {
  summary,
  lines: { rows: [] },
  hottest_line: { bytes: 0 },
  file_lines: { lines: [] },
  expressions: { expressions: [] },
  line_ranges: { ranges: [] },
  functions: { functions: [] },
  line_detail: {
    line: 1,
    figures: { own: figures(MB), yours: figures(MB), with_callees: figures(MB) },
    allocated_in: [],
    called_from: [],
  },
  tree: {
    root: {
      id: 0,
      name: 'All memory',
      file: null,
      line: null,
      first_line: null,
      origin: 'native',
      bytes: 100 * MB,
      allocations: 1000,
      own_bytes: 0,
      children: [],
    },
    total_bytes: 100 * MB,
    total_allocations: 1000,
  },
  timeline: { times: [], heap: [], rss: [], peak: { time_s: 5.1, bytes: 100 * MB } },
  files: { files: [{ file: FILE, origin: 'yours' }] },
  source: { text: '', uncertain: false },
};

/** Answers from the table, and keeps what it was asked. */
export class GoldenCapture implements NativeCapture {
  readonly asked: Query[] = [];
  closed = false;
  /** What the next `update` finds. */
  appended: Golden | null = null;

  constructor(private answers: Golden) {}

  async update(): Promise<boolean> {
    if (!this.appended) return false;
    this.answers = { ...this.answers, ...this.appended };
    this.appended = null;
    return true;
  }

  async query(request: string): Promise<string> {
    const query = JSON.parse(request) as Query;
    this.asked.push(query);
    const { answers } = this;
    const [from, { query: kind }] = query.query === 'in_base' ? [answers.base ?? {}, query.question] : [answers, query];
    return JSON.stringify(from[kind] ?? golden[kind]);
  }

  close(): void {
    this.closed = true;
  }
}

export function goldenCapture(answers: Golden): Capture {
  return new Capture('/captures/a.alloclens', new GoldenCapture(answers));
}

/** Opens captures by path; a path that is not there is the core's error. */
export class GoldenLibrary implements NativeLibrary {
  readonly opened: string[] = [];

  constructor(
    private readonly captures: Record<string, NativeCapture>,
    private readonly reading: (options?: OpenOptions) => Promise<void> = async () => undefined,
  ) {}

  async open(path: string, options?: OpenOptions): Promise<NativeCapture> {
    this.opened.push(path);
    await this.reading(options);
    const capture = this.captures[path];
    if (!capture) throw Object.assign(new Error(`There is no file ${path}.`), { code: 'not_found' });
    return capture;
  }
}
