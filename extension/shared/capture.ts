/**
 * What `native/core` answers about a capture: the shapes of its JSON, as the terminal prints it too.
 * Sizes are bytes, times seconds since the start unless a name says otherwise, lines 1-based, files absolute.
 */

export type Measure = 'peak' | 'unfreed' | 'total';
/** Which line gets the bytes: the innermost, the innermost of the user's code, or every line on the stack. */
export type Attribution = 'own' | 'yours' | 'with_callees';
export type Origin = 'yours' | 'standard_library' | 'package' | 'native';

export interface Figures {
  peak_bytes: number;
  peak_allocations: number;
  unfreed_bytes: number;
  unfreed_allocations: number;
  total_bytes: number;
  total_allocations: number;
}

export interface Summary extends Figures {
  run_id: string;
  command: string[];
  target: { kind: 'script' | 'module' | 'code'; name: string };
  cwd: string;
  pid: number;
  parent_pid: number;
  python_version: string;
  platform: string;
  detail: 'objects' | 'system';
  /** Milliseconds since 1970. */
  start_time_ms: number;
  end_time_ms: number;
  duration_s: number;
  peak_time_s: number;
  peak_rss_bytes: number;
  events: number;
  lost_events: number;
  /** Null when the program did not tell: it was killed, or still runs. */
  exit_status: number | null;
  /** The capture has its end block and no damage. */
  complete: boolean;
  /** Sentences about what is missing or uncertain, to be shown with the figures; empty when all is well. */
  notes: string[];
  /** First damaged place, if any. */
  damage: { offset: number; message: string } | null;
}

export interface LineRow extends Figures {
  file: string | null;
  line: number | null;
  function: string | null;
  origin: Origin;
  yours: Figures;
  with_callees: Figures;
}

export interface FileLine {
  line: number;
  own: Figures;
  yours: Figures;
  with_callees: Figures;
}

export interface FunctionRow {
  file: string | null;
  function: string;
  /** co_firstlineno: of the first decorator when there is one. */
  first_line: number | null;
  origin: Origin;
  own: Figures;
  with_callees: Figures;
}

export interface TreeNode {
  /** Stable within one answer. */
  id: number;
  /** The function, or "All memory" for the root, or "other" for what was folded. */
  name: string;
  file: string | null;
  /** The executing line. */
  line: number | null;
  first_line: number | null;
  origin: Origin;
  /** With callees. */
  bytes: number;
  allocations: number;
  own_bytes: number;
  /** Number of nodes that were folded into this one, when it is "other". */
  folded?: number;
  children: TreeNode[];
}

export interface Timeline {
  /** Seconds since the start; `heap` is the highest in each step, `rss` the last sample (null: none yet). */
  times: number[];
  heap: number[];
  rss: (number | null)[];
  peak: { time_s: number; bytes: number };
}

export interface PathFrame {
  file: string | null;
  line: number | null;
  function: string;
  origin: Origin;
}

export interface LineDetail {
  line: number;
  figures: { own: Figures; yours: Figures; with_callees: Figures };
  /** Where below the line the bytes were asked for, largest first. */
  allocated_in: (PathFrame & { bytes: number; allocations: number })[];
  /** Call paths that lead to the line, innermost first, largest first. */
  called_from: { path: PathFrame[]; bytes: number; allocations: number }[];
}

/** A function of a file, to put its whole calls under one root. */
export interface FunctionId {
  file: string;
  function: string;
  first_line: number;
}

/** One question to a capture; each is answered as the table `Answers` says. */
export type Query =
  | { query: 'summary' }
  | { query: 'lines' }
  | { query: 'file_lines'; file: string }
  /** Functions of a file, or of all files; `limit` keeps those with the most bytes of `measure`. */
  | { query: 'functions'; file?: string; measure?: Measure; limit?: number }
  | { query: 'line_detail'; file: string; line: number; measure: Measure; limit: number }
  /** `root` merges all occurrences of a function, counted once a stack. */
  | { query: 'tree'; measure: Measure; max_nodes: number; inverted?: boolean; root?: FunctionId }
  | { query: 'timeline'; points: number }
  /** Files in which code was seen. */
  | { query: 'files' }
  /** Text of a file as it was when the program ran; null when it is not in the capture. */
  | { query: 'source'; file: string };

export interface Answers {
  summary: Summary;
  lines: { rows: LineRow[] };
  file_lines: { lines: FileLine[] };
  functions: { functions: FunctionRow[] };
  line_detail: LineDetail;
  tree: { root: TreeNode; total_bytes: number; total_allocations: number };
  timeline: Timeline;
  files: { files: { file: string; origin: Origin }[] };
  source: { text: string | null; uncertain: boolean };
}

export type Answer<Q extends Query> = Answers[Q['query']];
