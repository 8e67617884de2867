/**
 * What the panel knows, and how each message changes it. Pure: `main.ts` draws the state and asks the questions that
 * `questions` finds open.
 */
import type { FoundFrames, FunctionId } from '../../extension/shared/capture';
import {
  type FlatTree,
  initialView,
  type PanelAnswers,
  type PanelQuery,
  type PanelView,
  type RunState,
  scopeOf,
  type TimeRange,
  type ToPanel,
} from '../../extension/shared/panel';
import type { Units } from '../../extension/shared/units';

/** Drawn at first: more frames than a panel has room for. */
const coarseNodes = 3000;
/** Asked for when somebody zooms to where frames were folded. */
const fineNodes = 20_000;
/** Only rows in sight have elements, so that there may be many. */
const tableRows = 10_000;
const timelinePoints = 600;
const neighbourRows = 200;
/** Of one line: all that a person would read. */
const detailRows = 100;
/** Of each kind of what is left. */
const unfreedGroups = 100;

export type Part = keyof PanelAnswers;

/** The latest answer stays while the next one is awaited: figures appear whole, never one by one. */
export interface Loading<T> {
  value: T | null;
  /** The question that `value` or `failure` answers. */
  answered: string | null;
  /** The question that is on its way. */
  asked: string | null;
  failure: string | null;
}

export interface State {
  capture: { path: string; title: string } | null;
  units: Units;
  view: PanelView;
  fine: boolean;
  /** How often the capture grew: answers to questions of an earlier time are out of date. */
  revision: number;
  parts: { [P in Part]: Loading<PanelAnswers[P]> };
  reading: { done: number; total: number } | null;
  /** Names of files that were edited too much for their figures to help. */
  stale: string[];
  run: RunState;
}

export type Event =
  | Exclude<ToPanel, { type: 'answer' | 'failed' | 'say' | 'select' }>
  | { type: 'asked'; part: Part; key: string }
  | { type: 'answered'; part: Part; key: string; answer: PanelAnswers[Part] }
  | { type: 'failed'; part: Part; key: string; message: string }
  | { type: 'refine' }
  | { type: 'retry' };

const nothing = { value: null, answered: null, asked: null, failure: null };

export const initialState: State = {
  capture: null,
  units: 'si',
  view: initialView,
  fine: false,
  revision: 0,
  parts: {
    summary: nothing,
    tree: nothing,
    timeline: nothing,
    functions: nothing,
    lines: nothing,
    modules: nothing,
    threads: nothing,
    allocators: nothing,
    sizes: nothing,
    neighbours: nothing,
    unfreed: nothing,
    line_detail: nothing,
    history: nothing,
    diff: nothing,
    base_rows: nothing,
    base_timeline: nothing,
    regions: nothing,
    search: nothing,
    region_history: nothing,
  },
  reading: null,
  stale: [],
  run: { live: false, shown: false, marks: [], stopped: null, previous: null },
};

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'capture':
      return {
        ...initialState,
        capture: { path: event.path, title: event.title },
        units: event.units,
        view: event.view.base ? withChangesFirst(event.view) : event.view,
        revision: state.revision + 1,
      };
    case 'grew':
      return { ...state, revision: state.revision + 1 };
    case 'run':
      return { ...state, run: event.run };
    case 'choose':
      return choose(state, event.view ?? {}, event.units ?? state.units);
    case 'reading':
      return { ...state, reading: { done: event.done, total: event.total } };
    case 'stale':
      return { ...state, stale: event.files };
    case 'asked':
      return withPart(state, event.part, { asked: event.key });
    case 'answered':
      if (state.parts[event.part].asked !== event.key) return state;
      return withPart({ ...state, reading: null }, event.part, {
        value: event.answer,
        answered: event.key,
        asked: null,
        failure: null,
      } as Partial<Loading<PanelAnswers[Part]>>);
    case 'failed':
      if (state.parts[event.part].asked !== event.key) return state;
      return withPart({ ...state, reading: null }, event.part, {
        answered: event.key,
        asked: null,
        failure: event.message,
      });
    case 'refine':
      return state.fine ? state : { ...state, fine: true };
    case 'retry':
      return { ...state, revision: state.revision + 1 };
  }
}

/** Unless another order was chosen. */
function withChangesFirst(view: PanelView): PanelView {
  if (view.sort.column !== initialView.sort.column) return view;
  return { ...view, sort: { column: 'change', descending: true } };
}

/** Another tree starts coarse, and from its own root when that changed. */
function choose(state: State, change: Partial<PanelView>, units: Units): State {
  const view = { ...state.view, ...change };
  if (sameRange(view.range, state.view.range)) view.range = state.view.range;
  const sameBase = view.base?.path === state.view.base?.path;
  // What changed most is what one wants to see first, and nothing has changed when nothing is compared.
  if (!sameBase && !change.sort) view.sort = view.base ? { column: 'change', descending: true } : initialView.sort;
  const sameRoot =
    sameFunction(view.root, state.view.root) &&
    view.inverted === state.view.inverted &&
    view.splitThreads === state.view.splitThreads &&
    sameBase;
  if (!sameRoot && !change.zoom) view.zoom = [];
  const samePart = view.range === state.view.range && view.region === state.view.region;
  const sameTree = sameRoot && samePart && view.measure === state.view.measure;
  return { ...state, view, units, fine: state.fine && sameTree };
}

export function sameFunction(a: FunctionId | null, b: FunctionId | null): boolean {
  return (
    a === b ||
    (a?.file === b?.file &&
      a?.function === b?.function &&
      a?.first_line === b?.first_line &&
      a?.last_line === b?.last_line)
  );
}

function sameRange(a: TimeRange | null, b: TimeRange | null): boolean {
  return a === b || (a !== null && b !== null && a.from_s === b.from_s && a.to_s === b.to_s);
}

function withPart<P extends Part>(state: State, part: P, change: Partial<Loading<PanelAnswers[P]>>): State {
  return { ...state, parts: { ...state.parts, [part]: { ...state.parts[part], ...change } } };
}

type PanelQueries = { [P in Part]?: PanelQuery };

/** What the panel needs to be answered, for what is chosen. The timeline is always of the whole run: ranges are chosen on it. */
export function queries(state: State): PanelQueries {
  const { fine } = state;
  // A range that was chosen before it was known that there are none would be refused.
  const view = hasRanges(state) ? state.view : { ...state.view, range: null };
  const { measure, region, base } = view;
  const scope = scopeOf(view);
  const timeline = { query: 'timeline', points: timelinePoints } as const;
  const tree = {
    measure,
    max_nodes: fine ? fineNodes : coarseNodes,
    inverted: view.inverted,
    ...(view.root && { root: view.root }),
    scope,
  };
  return {
    summary: { query: 'summary' },
    timeline,
    regions: { query: 'regions' },
    ...(region !== null && hasRanges(state) && { region_history: historyOf(region) }),
    ...(base && { base_timeline: { query: 'in_base', base: base.path, question: timeline } }),
    tree: base
      ? { query: 'diff_tree', base: base.path, ...tree }
      : { query: 'tree', split_threads: view.splitThreads, ...tree },
    ...(isPartial(state) && view.search.trim() && !base && { search: searchOf(view) }),
    ...tableQueries(view),
  };
}

/** What is folded is not here to be looked through. */
function searchOf(view: PanelView): PanelQuery {
  const { measure, inverted, root, splitThreads: split_threads, search: filter } = view;
  return { query: 'search', filter, measure, inverted, split_threads, ...(root && { root }), scope: scopeOf(view) };
}

const partial = new WeakMap<FlatTree, boolean>();

/** Some frames were too small to be sent, and are folded. */
export function isPartial({ parts }: Pick<State, 'parts'>): boolean {
  const tree = parts.tree.value;
  if (!tree) return false;
  const known = partial.get(tree) ?? tree.nodes.some(({ folded }) => folded);
  partial.set(tree, known);
  return known;
}

/** What the filter finds in the whole tree; null while that is not known, or can't be. */
export function foundFrames(state: State): FoundFrames | null {
  const { search } = state.parts;
  const query = queries(state).search;
  // Of a capture that grows, the answer before stays until the next one is here.
  const isOfThis = query !== undefined && search.answered?.endsWith(` ${JSON.stringify(query)}`);
  return isOfThis && !search.failure ? search.value : null;
}

/** Of all that was allocated in it, whatever the stack. */
function historyOf(region: string): PanelQuery {
  const scope = scopeOf({ range: null, region });
  return { query: 'history', subject: { path: [] }, points: timelinePoints, scope };
}

function tableQueries({ table, measure, range, region, around, line, base }: PanelView): PanelQueries {
  const scope = scopeOf({ range, region });
  switch (table) {
    case 'functions':
      if (base) return { diff: { query: 'diff', base: base.path, measure, limit: tableRows, scope } };
      return { functions: { query: 'functions', measure, limit: tableRows, scope } };
    case 'lines':
      if (base) return { diff: { query: 'diff', base: base.path, measure, limit: tableRows, scope } };
      return { lines: { query: 'lines', measure, limit: tableRows, scope } };
    case 'modules': {
      const question = { query: table, measure, limit: tableRows, scope };
      return { modules: question, ...(base && { base_rows: { query: 'in_base', base: base.path, question } }) };
    }
    case 'threads':
    case 'allocators':
    case 'sizes': {
      const question = { query: table, scope };
      return { [table]: question, ...(base && { base_rows: { query: 'in_base', base: base.path, question } }) };
    }
    case 'unfreed':
      return { unfreed: { query: 'unfreed', limit: unfreedGroups, scope } };
    case 'neighbours':
      return around
        ? { neighbours: { query: 'neighbours', function: around, measure, limit: neighbourRows, scope } }
        : {};
    case 'line':
      if (!line) return {};
      return {
        line_detail: { query: 'line_detail', ...line, measure, limit: detailRows, scope },
        history: { query: 'history', subject: { ...line, attribution: 'yours' }, points: timelinePoints, scope },
      };
  }
}

/** Each answer is one more pass over the whole capture. */
const slow: ReadonlySet<Part> = new Set<Part>(['unfreed', 'history', 'region_history']);
/** Of a capture that grows twice a second, these are asked for again every ten seconds. */
const slowRevisions = 20;

/** Questions that are neither answered nor on their way. */
export function questions(state: State): { part: Part; key: string; query: PanelQuery }[] {
  if (!state.capture) return [];
  return Object.entries(queries(state)).flatMap(([name, query]) => {
    const part = name as Part;
    const revision =
      state.run.live && slow.has(part) ? `live ${Math.floor(state.revision / slowRevisions)}` : state.revision;
    const key = `${revision} ${JSON.stringify(query)}`;
    const { answered, asked } = state.parts[part];
    return key === (asked ?? answered) ? [] : [{ part, key, query }];
  });
}

/** A capture of sums alone tells of the whole run only. */
export function hasRanges({ parts }: Pick<State, 'parts'>): boolean {
  return !parts.summary.value?.aggregate;
}

/** Marks are of the shown capture, while its program runs. */
export function hasMarks({ run, parts }: Pick<State, 'run' | 'parts'>): boolean {
  return run.live && run.shown && hasRanges({ parts });
}

export function isLoading(state: State): boolean {
  return Object.values(state.parts).some((part) => part.asked !== null);
}

/** The first sentence about what went wrong, of what is to be shown. */
export function failureOf(state: State): string | null {
  for (const name of Object.keys(queries(state))) {
    // It is told beside the filter.
    if (name === 'search') continue;
    const part = state.parts[name as Part];
    if (part.failure && part.asked === null) return part.failure;
  }
  return null;
}
