/**
 * What the flame graph's webview and the extension host say to each other. The webview asks; the host answers,
 * reveals lines and tells what changed elsewhere. One file, imported by both sides.
 */
import type { Answers, FoundFrames, FunctionId, Measure, Query, Scope, TreeNode } from './capture';
import type { Location } from './contributions';
import type { Baseline, FrameSearch } from './protocol';
import type { Units } from './units';

/** Also the name under which VS Code restores the panel. */
export const panelViewType = 'alloclens.flameGraph';

/** What the lower half shows. */
export type TableKind =
  | 'functions'
  | 'lines'
  | 'modules'
  | 'threads'
  | 'allocators'
  | 'sizes'
  /** What is left, by stack, and why it is suspected. */
  | 'unfreed'
  /** Callers and callees of the selected function. */
  | 'neighbours'
  /** All about one line. */
  | 'line';

type TableQuery = 'functions' | 'lines' | 'modules' | 'threads' | 'allocators' | 'sizes' | 'neighbours';
/** Of what is compared, both sides of a table are asked for alone. */
type BaseQuery = 'modules' | 'threads' | 'allocators' | 'sizes' | 'timeline';
export type PanelQuery =
  | Extract<
      Query,
      {
        query:
          | 'summary'
          | 'tree'
          | 'diff_tree'
          | 'timeline'
          | 'diff'
          | TableQuery
          | 'unfreed'
          | 'line_detail'
          | 'history'
          | 'regions';
      }
    >
  | { query: 'in_base'; base: string; question: Extract<Query, { query: BaseQuery }> }
  | ({ query: 'search' } & FrameSearch);

/** A frame of the tree without its children; `parent` is a place in the list, -1 for the root. */
export type FlatNode = Omit<TreeNode, 'id' | 'children'> & { parent: number };

/**
 * A tree as a list, parents before children: neither JSON nor structured cloning survives the nesting of a
 * recursion of some thousand frames.
 */
export interface FlatTree {
  nodes: FlatNode[];
  total_bytes: number;
  total_allocations: number;
  /** Of the capture that this one is compared with. */
  base_bytes?: number;
}

export type PanelAnswers = Pick<Answers, Exclude<PanelQuery['query'], 'tree' | 'diff_tree' | 'in_base' | 'search'>> & {
  /** Of two captures, too. */
  tree: FlatTree;
  /** The table of the other capture. */
  base_rows: Answers['modules'] | Answers['threads'] | Answers['allocators'] | Answers['sizes'];
  base_timeline: Answers['timeline'];
  /** What the filter finds, in what is folded too. */
  search: FoundFrames;
  /** The heap of the chosen region. */
  region_history: Answers['history'];
};

export type PanelAnswer = PanelAnswers[keyof PanelAnswers];

/** Seconds since the start; an end that is left out is the run's. */
export type TimeRange = Pick<Scope, 'from_s' | 'to_s'>;

/** What of the run is looked at. */
export interface PartOfRun {
  /** Null for all of it. */
  range: TimeRange | null;
  /** Name of a region, with those nested in it; null for all memory. */
  region: string | null;
}

/** As the core is asked for it; null for the whole run. */
export function scopeOf({ range, region }: PartOfRun): Scope | null {
  return range || region !== null ? { ...range, ...(region !== null && { regions: [region] }) } : null;
}

/** How the graph is coloured: by where code comes from, or by own bytes. */
export type Colouring = 'origin' | 'heat';

/** What survives a reload of the window, through the webview's `setState`. */
export interface SavedPanel {
  path: string;
  title: string;
  view: PanelView;
}

/** All but the timeline is of the range, and of the region. */
export interface PanelView extends PartOfRun {
  measure: Measure;
  inverted: boolean;
  /** All calls of this function under one root; null for all memory. */
  root: FunctionId | null;
  search: string;
  sort: { column: SortColumn; descending: boolean };
  /** What all is compared with; null for nothing. */
  base: Baseline | null;
  splitThreads: boolean;
  colouring: Colouring;
  table: TableKind;
  /** That the table `neighbours` is of. */
  around: FunctionId | null;
  /** That the table `line` is of, as the capture names it. */
  line: Location | null;
  /** Keys of the frames from below the root down to the one zoomed to; empty when nothing is. */
  zoom: string[];
}

/** The last two are of what is compared. */
export type SortColumn = 'name' | 'own' | 'with_callees' | 'allocations' | 'change' | 'callees_change';

export type PanelAction =
  | 'showLog'
  | 'runAgain'
  | 'mark'
  | 'stop'
  | 'comparePrevious'
  | 'stopComparing'
  | 'chooseRegion';

export interface RunState {
  /** The program runs. */
  live: boolean;
  /** Lines, lenses and marks are of this capture. */
  shown: boolean;
  /** Beginnings of generations, in seconds since the start. */
  marks: readonly number[];
  /** Stopped by the user: the sentence that says so. */
  stopped: string | null;
  /** When the run before it was recorded: "14:21". */
  previous: string | null;
}

export type ToPanel =
  /** First answer to `ready`: all that was asked before is out of date then. */
  | { type: 'capture'; path: string; title: string; units: Units; view: PanelView }
  /** Answers are out of date, and come again one by one. */
  | { type: 'grew' }
  /** What is known of the run beside its capture. */
  | { type: 'run'; run: RunState }
  /** The caret stands on this line, as the capture names it. */
  | { type: 'select'; location: Location }
  /** Chosen elsewhere: a lens, the command, a setting. */
  | { type: 'choose'; view?: Partial<PanelView>; units?: Units }
  /** Names of files whose text is far from the one that ran; empty when there are none any more. */
  | { type: 'stale'; files: string[] }
  /** Bytes of the file read so far, while an answer waits for it. */
  | { type: 'reading'; done: number; total: number }
  | { type: 'answer'; id: number; answer: PanelAnswer }
  | { type: 'failed'; id: number; message: string }
  /** One sentence for the detail line: a frame could not be revealed, say. */
  | { type: 'say'; text: string };

export type FromPanel =
  /** With what was saved before a reload. */
  | { type: 'ready'; saved: SavedPanel | null }
  | { type: 'ask'; id: number; query: PanelQuery }
  | { type: 'cancel'; id: number }
  | { type: 'reveal'; location: Location; beside?: boolean }
  /** What was chosen in the panel: the host hands it back to a page that was thrown away while it was hidden. */
  | { type: 'view'; view: PanelView }
  /** Chosen by the person, for lines and lenses too. */
  | { type: 'measure'; measure: Measure }
  | { type: 'range'; range: TimeRange | null }
  | { type: 'region'; region: string | null }
  | { type: 'copy'; text: string }
  /** Asks where to save a file; bytes that are no text are Base64. */
  | { type: 'save'; name: string; content: string; base64?: boolean }
  | { type: 'copyLink' }
  | { type: 'act'; action: PanelAction };

export const initialView: PanelView = {
  measure: 'peak',
  inverted: false,
  root: null,
  search: '',
  sort: { column: 'own', descending: true },
  zoom: [],
  range: null,
  region: null,
  base: null,
  splitThreads: false,
  colouring: 'origin',
  table: 'functions',
  around: null,
  line: null,
};

export function flatten(tree: Answers['tree'] | Answers['diff_tree']): FlatTree {
  const { root, total_bytes, total_allocations } = tree;
  const nodes: FlatNode[] = [];
  const waiting: { node: TreeNode; parent: number }[] = [{ node: root, parent: -1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id: _, children, ...figures } = next.node;
    const place = nodes.push({ ...figures, parent: next.parent }) - 1;
    for (let i = children.length - 1; i >= 0; i--) {
      waiting.push({ node: children[i] as TreeNode, parent: place });
    }
  }
  return { nodes, total_bytes, total_allocations, ...('base_bytes' in tree && { base_bytes: tree.base_bytes }) };
}
