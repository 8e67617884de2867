/**
 * What the flame graph's webview and the extension host say to each other. The webview asks; the host answers,
 * reveals lines and tells what changed elsewhere. One file, imported by both sides.
 */
import type { Answers, FunctionId, Measure, Query, TreeNode } from './capture';
import type { Location } from './contributions';
import type { Units } from './units';

/** Also the name under which VS Code restores the panel. */
export const panelViewType = 'alloclens.flameGraph';

export type PanelQuery = Extract<Query, { query: 'summary' | 'tree' | 'functions' | 'timeline' }>;

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
}

export interface PanelAnswers {
  summary: Answers['summary'];
  tree: FlatTree;
  functions: Answers['functions'];
  timeline: Answers['timeline'];
}
export type PanelAnswer<Q extends PanelQuery = PanelQuery> = PanelAnswers[Q['query']];

/** What survives a reload of the window, through the webview's `setState`. */
export interface SavedPanel {
  path: string;
  title: string;
  view: PanelView;
}

export interface PanelView {
  measure: Measure;
  inverted: boolean;
  /** All calls of this function under one root; null for all memory. */
  root: FunctionId | null;
  search: string;
  sort: { column: SortColumn; descending: boolean };
  /** Keys of the frames from below the root down to the one zoomed to; empty when nothing is. */
  zoom: string[];
}

export type SortColumn = 'name' | 'own' | 'with_callees';

export type PanelAction = 'showLog' | 'runAgain';

export type ToPanel =
  /** First answer to `ready`, and again when the capture grew: all that was asked before is out of date then. */
  | { type: 'capture'; path: string; title: string; units: Units; view: PanelView }
  | { type: 'grew' }
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
  | { type: 'ready' }
  | { type: 'ask'; id: number; query: PanelQuery }
  | { type: 'cancel'; id: number }
  | { type: 'reveal'; location: Location }
  /** What was chosen in the panel: the host hands it back to a page that was thrown away while it was hidden. */
  | { type: 'view'; view: PanelView }
  /** Chosen by the person, for lines and lenses too. */
  | { type: 'measure'; measure: Measure }
  | { type: 'act'; action: PanelAction };

export const initialView: PanelView = {
  measure: 'peak',
  inverted: false,
  root: null,
  search: '',
  sort: { column: 'own', descending: true },
  zoom: [],
};

export function flatten({ root, total_bytes, total_allocations }: Answers['tree']): FlatTree {
  const nodes: FlatNode[] = [];
  const waiting: { node: TreeNode; parent: number }[] = [{ node: root, parent: -1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id: _, children, ...figures } = next.node;
    const place = nodes.push({ ...figures, parent: next.parent }) - 1;
    for (let i = children.length - 1; i >= 0; i--) {
      waiting.push({ node: children[i] as TreeNode, parent: place });
    }
  }
  return { nodes, total_bytes, total_allocations };
}
