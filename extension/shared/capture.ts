/**
 * What `native/core` answers about a capture: the shapes of its JSON, as the terminal prints it too.
 * Sizes are bytes, times seconds since the start unless a name says otherwise, lines 1-based, files absolute.
 */

export type Measure = 'peak' | 'unfreed' | 'total' | 'temporary';
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
  /** Freed before the same thread made N more allocations; N is 1 unless the scope says otherwise. */
  temporary_bytes: number;
  temporary_allocations: number;
}

/**
 * What part of a run a question is about. Without one it is the whole run.
 *
 * A range applies each measure inside it: *total* and *temporary* are what was allocated in it, *unfreed* what was
 * allocated in it and is live at its end, *peak* everything live at the range's highest moment, older blocks included.
 * So "since a mark" is a range that begins at the mark and has no end.
 *
 * The other filters choose what is shown of the same moments: the peak of two threads is still taken at the moment
 * at which the whole heap was highest, so that the parts add up to the whole.
 */
export interface Scope {
  /** Seconds since the start, inclusive. */
  from_s?: number | null;
  /** Seconds since the start, exclusive. */
  to_s?: number | null;
  /** Ids, as the query `threads` tells them. */
  threads?: number[] | null;
  /** Names, as the query `allocators` tells them. */
  allocators?: string[] | null;
  /** Names, as the query `regions` tells them: what was allocated in a region of that name, or in one nested in it. */
  regions?: string[] | null;
  /**
   * Only stacks with a frame in a file that one of these matches. A glob matches a path, absolute or below the
   * program's working directory, or a module (`numpy` is `numpy.core` too); `*` matches slashes and dots as well.
   */
  include?: string[] | null;
  /** Without the stacks that have a frame in a file which one of these matches. */
  exclude?: string[] | null;
  /** N of the measure temporary; 1 when left out. */
  temporary_threshold?: number | null;
}

/** Frames that a tree leaves out. The bytes of all but `imports` go to the frame that called them. */
export type HiddenFrames =
  /** What was asked for while modules were imported: the memory too, see `hidden_bytes`. */
  | 'imports'
  /** Lines that have no bytes of their own in the measure. */
  | 'pass_through'
  | 'standard_library'
  | 'package'
  | 'native';

export interface Summary extends Figures {
  run_id: string;
  /** Of the capture whose program started this process; null when that was not tracked. */
  parent_run_id: string | null;
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
  /** What pymalloc has mapped since the start, for the objects that heap counts; absent where detail is `system`. */
  arenas?: { peak_bytes: number; end_bytes: number };
  events: number;
  lost_events: number;
  /** How the capture ends: with its program, not yet, or cut short by what the note says. */
  ending: 'finished' | 'running' | 'write_failed' | 'replaced' | 'aborted' | 'killed';
  /** Null when the program did not tell: it was killed, or still runs. */
  exit_status: number | null;
  /** Processes that the program started and `run --follow-children` named, in the order in which they began. */
  children: ChildProcess[];
  /** The capture keeps sums and no events: questions about a part of the run are refused. */
  aggregate: boolean;
  /** Null when the run had no limit. */
  memory_limit: MemoryLimit | null;
  /** The capture has its end block, or its program became another one, and no damage. */
  complete: boolean;
  /** Sentences about what is missing or uncertain, to be shown with the figures; empty when all is well. */
  notes: string[];
  /** First damaged place, if any. */
  damage: { offset: number; message: string } | null;
}

export interface MemoryLimit {
  bytes: number;
  /** What happens to what would pass it: the program is killed, or the allocation raises MemoryError. */
  action: 'kill' | 'raise';
  /** Allocations that failed for it. */
  refused: number;
  /** The first allocation that it did not allow; with `kill` it is recorded, with `raise` it did not happen. */
  reached: {
    time_s: number;
    /** Live before it. */
    heap_bytes: number;
    size_bytes: number;
    thread: number;
    /** Innermost first. */
    stack: { file: string | null; line: number | null; function: string | null; origin: Origin }[];
  } | null;
}

export interface ChildProcess {
  pid: number;
  /** became: the program itself executed this one, in the same process. */
  how: 'fork' | 'exec' | 'spawn' | 'became';
  /** Milliseconds since 1970. */
  time_ms: number;
  command: string[];
  /** Name of its capture's file, in the folder of this one; null when it was not followed. */
  capture: string | null;
  /** Why not, to be put behind "because". */
  not_followed: string | null;
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

/** An expression of the source, of Python 3.11 and later. Columns are bytes of the line's UTF-8 from 0, ends are exclusive. */
export interface ExpressionRow extends FileLine {
  column: number;
  end_line: number;
  end_column: number;
}

/** Both ends are inside. */
export interface LineRange {
  first_line: number;
  last_line: number;
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
  /** The function, or "All memory" for the root, or "other" for what was folded, or the thread's when threads are split. */
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
  /** Id of the thread, on the first level of a tree that was split by threads. */
  thread?: number;
  /** The same node in the capture that this one is compared with (`diff_tree`); negative never. */
  base_bytes?: number;
  base_allocations?: number;
  children: TreeNode[];
}

export interface Timeline {
  /** Seconds since the start; `heap` is the highest in each step, `rss` the last sample (null: none yet). */
  times: number[];
  heap: number[];
  rss: (number | null)[];
  /** The most that pymalloc had mapped in each step; absent where detail is `system`. */
  arenas?: number[];
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
  /** Of a class: all code from its first to its last line, whatever the functions are called. */
  last_line?: number;
}

export interface ThreadRow extends Figures {
  /** Counts from 1; 0 is memory whose thread is not known, because a part of the capture is lost. */
  id: number;
  /** As the kernel calls it; 0 when it is not known. */
  kernel_id: number;
  name: string;
}

/** A part of the program that it named itself: `with alloclens.region(…)`. Figures are its own, without nested regions. */
export interface RegionRow extends Figures {
  /** Counts from 1. */
  id: number;
  /** Id of the region that it is nested in; 0: in none. */
  parent: number;
  name: string;
  /** How often the program entered it while it was recorded. */
  entered: number;
  with_nested: Figures;
}

export interface AllocatorRow extends Figures {
  /** `malloc`, `pyobject_malloc`, `mmap`, … */
  allocator: string;
}

/** Blocks of `from_bytes` to `to_bytes`, both included. */
export interface SizeRow extends Figures {
  from_bytes: number;
  to_bytes: number;
}

export interface ModuleRow {
  /** The package or module at the top: `numpy`, `pipeline`; `<string>` and the like as they are. */
  module: string;
  origin: Origin;
  /** Of stacks whose innermost frame outside the standard library is in the module. */
  own: Figures;
  with_callees: Figures;
}

/** Memory that is still there at the end, and why it is suspected. Modules' own memory, made while importing, is not. */
export interface LeakRow {
  /** Line of yours that it counts for; of the innermost frame when none is yours. */
  file: string | null;
  line: number | null;
  function: string | null;
  origin: Origin;
  bytes: number;
  allocations: number;
  /** What of it was allocated in each of the equal parts of the range, oldest first: a leak grows in all of them. */
  growth_bytes: number[];
  /** Of what the line allocated, the share of blocks that is still there. */
  kept_share: number;
}

/** Who keeps it on purpose; `none`: nobody that is known of. */
export type Keeper = 'none' | 'import' | 'cache';

/** What is left of one stack's allocations (of the lines of its frames), or of all that the import of a module made. */
export interface UnfreedGroup {
  keeper: Keeper;
  /** The function that keeps it, or the module that was imported. */
  kept_by: (PathFrame & { module: string }) | null;
  /** Innermost first. */
  path: PathFrame[];
  bytes: number;
  allocations: number;
  /** What of it was allocated in each of the equal parts of the range, oldest first. */
  growth_bytes: number[];
  /** Of what it allocated, the share of blocks that is still there. */
  kept_share: number;
}

export interface Unfreed {
  /** Duration of a part. */
  part_s: number;
  /** Of each keeper what grew most first, at most `limit`. */
  groups: UnfreedGroup[];
  /** Of all groups. */
  totals: Record<Keeper, { bytes: number; allocations: number; groups: number }>;
}

export interface Stats extends Figures {
  duration_s: number;
  peak_time_s: number;
  peak_rss_bytes: number;
  peak_rss_time_s: number;
  /** Temporary among all allocations: 0 to 1. */
  temporary_share: number;
  /** None of an aggregate, which also has leaks without growth. */
  sizes: SizeRow[];
  allocators: AllocatorRow[];
  threads: ThreadRow[];
  regions: RegionRow[];
  /** Own figures of lines, by bytes and by allocations of the measure. */
  top_by_size: LineRow[];
  top_by_count: LineRow[];
  /** Outside the standard library. */
  top_modules: ModuleRow[];
  leaks: LeakRow[];
}

/** Functions that call a function, or that it calls directly; counted once a stack, at the outermost call. */
export interface NeighbourRow {
  file: string | null;
  function: string;
  first_line: number | null;
  origin: Origin;
  bytes: number;
  allocations: number;
}

/** What is looked at over time: a line, all calls of a function, or one path of calls from the outermost frame on. */
export type Subject =
  | { file: string; line: number; attribution: Attribution }
  | FunctionId
  | { path: { file: string | null; line: number | null; function: string }[] };

export interface History {
  /** Seconds since the start; `heap` and `blocks` are the subject's highest in each step. */
  times: number[];
  heap: number[];
  blocks: number[];
  figures: Figures;
  /** Bytes of an allocation. */
  average_size: number;
  /** Of the blocks that were freed in the range; null when there were none. */
  average_lifetime_s: number | null;
  /** Blocks by the time that they lived: up to `below_s`, the last without bound (null). `unfreed` are not among them. */
  lifetimes: { below_s: number | null; allocations: number; bytes: number }[];
}

export interface DiffLine {
  file: string | null;
  line: number | null;
  function: string | null;
  origin: Origin;
  before: Figures;
  after: Figures;
}

export interface DiffFunction {
  file: string | null;
  function: string;
  first_line: number | null;
  origin: Origin;
  before: { own: Figures; with_callees: Figures };
  after: { own: Figures; with_callees: Figures };
}

/** Columns of equal length: row i is the i-th of each. */
export interface Records {
  /** Rows in all; the pages together have as many. */
  total: number;
  /** Row of `Stacks`; 0 is memory without Python code. */
  stack: number[];
  thread: number[];
  allocator: string[];
  bytes: number[];
  allocations: number[];
}

/** Stacks as a tree, parents before children; number 0 is the root, without a frame. */
export interface Stacks {
  total: number;
  /** Number of the caller's stack; of stack 0: 0. */
  parent: number[];
  /** Row of `Frames`; 0 when it was lost with a part of the capture. */
  frame: number[];
}

export interface Frames {
  total: number;
  file: (string | null)[];
  line: (number | null)[];
  function: (string | null)[];
  first_line: (number | null)[];
  origin: Origin[];
}

export interface Inspection {
  format: number;
  size_bytes: number;
  /** Of the whole blocks, by kind. */
  blocks: { kind: string; count: number; raw_bytes: number; stored_bytes: number }[];
  /** The part that is being written, or was when the program was killed; null in a finished capture. */
  open: { offset: number; used_bytes: number; sequence: number } | null;
  events: number;
  /** Recorded but not readable any more. */
  missing_events: number;
  stacks: number;
  codes: number;
  threads: number;
  /** Places that can't be read, in their order. */
  damage: { offset: number; end: number; message: string }[];
  /** `whole`: nothing to complain; `cut_short`: no end block; `damaged`. */
  health: 'whole' | 'cut_short' | 'damaged';
  /** Sentences for a person. */
  notes: string[];
  metadata: Record<string, unknown> | null;
  end: Record<string, unknown> | null;
}

/** What a figure of a frame must be. */
export interface AmountTerm {
  field: 'bytes' | 'own' | 'allocations' | 'share';
  comparison: '>' | '>=' | '<' | '<=' | '=';
  value: number;
  /** The contrary. */
  negated: boolean;
}

/** Frames of a tree; bytes are of the outermost of them, so that none counts twice. */
export interface FoundFrames {
  frames: number;
  bytes: number;
}

export type ExportFormat = 'json' | 'ndjson' | 'csv' | 'collapsed' | 'speedscope' | 'pprof';

/** Columns of equal length: what a node holds of a measure, in one of the run's parts. */
export interface MomentEntries {
  node: number[];
  part: number[];
  bytes: number[];
  allocations: number[];
}

/**
 * A whole run, small enough to be carried by a page: the run is cut into equal parts, and any range of them can be
 * added up without the capture. Stacks merge by thread, file, function and line; small ones are folded.
 */
export interface Moments {
  /** Where parts begin, in seconds, and where the last one ends. */
  times: number[];
  /** Highest heap in each part. */
  peaks: number[];
  threads: { id: number; kernel_id: number; name: string }[];
  /** Columns of nodes, parents first; node 0 is the root. `folded`: how many smaller frames the node stands for, 0 for a frame. */
  parent: number[];
  thread: number[];
  place: number[];
  folded: number[];
  /** Columns of places; texts are places in `strings`, −1 for none; `origin` counts as the type `Origin` lists them. */
  places: { file: number[]; function: number[]; line: number[]; first_line: number[]; origin: number[] };
  strings: string[];
  total: MomentEntries;
  temporary: MomentEntries;
  /** What was live at the highest moment of the part: how it changed since the part before. */
  peak: MomentEntries;
  /** What was allocated in the part `made` and live at the end of the part `part`: how it changed since the part before. */
  live: MomentEntries & { made: number[] };
}

/** One question to a capture; each is answered as the table `Answers` says. Those after `export` are about the whole capture and take no scope. */
export type Query = Question & { scope?: Scope | null };

type Question =
  /** What belongs to the whole run (times of start and end, command) is the same in every scope. */
  | { query: 'summary' }
  /**
   * All of them, or `limit` with the most bytes of `measure` (peak unless told) with callees. `native`: in captures with
   * native stacks, native functions have lines of their own, which they take from Python's.
   */
  | { query: 'lines'; measure?: Measure; limit?: number; native?: boolean }
  /** Of all files; functions that share a line count together. */
  | { query: 'hottest_line'; measure: Measure; attribution: Attribution }
  | { query: 'file_lines'; file: string }
  /** None of them where the program's Python records no columns. */
  | { query: 'expressions'; file: string }
  /** For each range, stacks with any frame inside it, once each. */
  | { query: 'line_ranges'; file: string; ranges: LineRange[] }
  /** Functions of a file, or of all files; `limit` keeps those with the most bytes of `measure`. */
  | { query: 'functions'; file?: string; measure?: Measure; limit?: number }
  | { query: 'line_detail'; file: string; line: number; measure: Measure; limit: number }
  /** `root` merges all occurrences of a function, counted once a stack. */
  | {
      query: 'tree';
      measure: Measure;
      max_nodes: number;
      inverted?: boolean;
      root?: FunctionId;
      hide?: HiddenFrames[];
      /** The first level is threads. */
      split_threads?: boolean;
      /** In captures with native stacks: frames of the interpreter itself, too. */
      interpreter?: boolean;
    }
  /**
   * How many frames of the whole tree, however small, stand at one of the `places` (rows of `frames`) or for one of the
   * `threads`, and have the amounts; `max_nodes` says nothing here.
   */
  | {
      query: 'count_frames';
      measure: Measure;
      max_nodes: 0;
      places: number[];
      threads?: number[];
      amounts: AmountTerm[];
      inverted?: boolean;
      root?: FunctionId;
      split_threads?: boolean;
    }
  /** With a range: of that range alone, in finer steps. Of a narrower scope the heap alone is: RSS and arenas are the process's. */
  | { query: 'timeline'; points: number }
  | { query: 'threads' }
  | { query: 'allocators' }
  | { query: 'regions' }
  | { query: 'sizes' }
  /** With most bytes of `measure` (peak unless told) first. */
  | { query: 'modules'; measure?: Measure; limit?: number }
  /** `limit`: rows of each top list. */
  | { query: 'stats'; measure: Measure; limit: number; native?: boolean }
  /** Largest growth first; `parts`: of equal duration, at most 64. */
  | { query: 'leaks'; limit: number; parts?: number }
  /** By stack, and apart from it what imports and caches keep; `parts` as above. */
  | { query: 'unfreed'; limit: number; parts?: number }
  /** Callers and callees of a function. */
  | { query: 'neighbours'; function: FunctionId; measure: Measure; limit: number }
  | { query: 'history'; subject: Subject; points: number }
  /** This capture (after) beside the one at the path `base` (before). Files match when they lie at the same place below the working directory, the standard library or site-packages; functions by file and name; lines where they are after the edits between the two, if both texts are known. The scope applies to both. */
  | { query: 'diff'; base: string; measure: Measure; limit?: number }
  /** Frames are functions, since lines move when code is edited; `line` is the first one. `root` is of this capture. */
  | {
      query: 'diff_tree';
      base: string;
      measure: Measure;
      max_nodes: number;
      inverted?: boolean;
      root?: FunctionId;
      hide?: HiddenFrames[];
    }
  /** Asks the capture at the path `base`, which stays open beside this one. */
  | { query: 'in_base'; base: string; question: Query }
  /** What stacks allocated, by thread and allocator, most bytes first. Each page is a piece of the same whole. */
  | { query: 'records'; measure: Measure; offset: number; limit: number }
  | { query: 'moments'; max_nodes: number; max_parts: number }
  /** Writes the file `to`. */
  | { query: 'export'; format: ExportFormat; to: string; measure: Measure }
  | { query: 'stacks'; offset: number; limit: number }
  | { query: 'frames'; offset: number; limit: number }
  /** Files in which code was seen. */
  | { query: 'files' }
  /** Text of a file as it was when the program ran; null when it is not in the capture. */
  | { query: 'source'; file: string }
  | { query: 'inspect' }
  /** Writes what can be read of this capture to the file `to`, as a finished capture. */
  | { query: 'repair'; to: string }
  /** Writes this capture to the file `to` as an aggregate, which tells of the whole run only. */
  | { query: 'convert'; to: string };

export interface Answers {
  summary: Summary;
  /** `total`: how many there are, where the limit left some out. */
  lines: { rows: LineRow[]; total?: number };
  hottest_line: { bytes: number };
  file_lines: { lines: FileLine[] };
  expressions: { expressions: ExpressionRow[] };
  line_ranges: { ranges: (LineRange & { with_callees: Figures })[] };
  functions: { functions: FunctionRow[]; total?: number };
  line_detail: LineDetail;
  /** `root.bytes` + `hidden_bytes` (there when imports are hidden) = `total_bytes`, which is the summary's. */
  tree: {
    root: TreeNode;
    total_bytes: number;
    total_allocations: number;
    hidden_bytes?: number;
    hidden_allocations?: number;
  };
  count_frames: FoundFrames;
  timeline: Timeline;
  threads: { threads: ThreadRow[] };
  allocators: { allocators: AllocatorRow[] };
  regions: { regions: RegionRow[] };
  sizes: { sizes: SizeRow[] };
  modules: { modules: ModuleRow[]; total?: number };
  stats: Stats;
  leaks: { leaks: LeakRow[] };
  unfreed: Unfreed;
  neighbours: { own: Figures; with_callees: Figures; callers: NeighbourRow[]; callees: NeighbourRow[] };
  history: History;
  diff: {
    before: Summary;
    after: Summary;
    lines: DiffLine[];
    functions: DiffFunction[];
    /** How many there are, where the limit left some out. */
    total_lines?: number;
    total_functions?: number;
  };
  diff_tree: {
    root: TreeNode;
    total_bytes: number;
    total_allocations: number;
    base_bytes: number;
    base_allocations: number;
  };
  /** As the question's. */
  in_base: unknown;
  records: Records;
  moments: Moments;
  export: { bytes: number };
  stacks: Stacks;
  frames: Frames;
  files: { files: { file: string; origin: Origin }[] };
  source: { text: string | null; uncertain: boolean };
  inspect: Inspection;
  repair: { events: number; bytes: number };
  convert: { events: number; bytes: number };
}

export type Answer<Q extends Query> = Answers[Q['query']];
