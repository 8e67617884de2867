import { describe, expect, test } from 'vitest';
import type { Summary } from '../../extension/shared/capture';
import { type FlatTree, initialView } from '../../extension/shared/panel';
import { flatTree } from '../testing/tree';
import {
  type Event,
  failureOf,
  foundFrames,
  hasMarks,
  hasRanges,
  initialState,
  isLoading,
  queries,
  questions,
  reduce,
  type State,
} from './state';

const opened: Event = { type: 'capture', path: '/c', title: 'c', units: 'si', view: initialView };
const stateAfter = (...events: Event[]) => events.reduce(reduce, initialState);
const then = (state: State, ...events: Event[]) => events.reduce(reduce, state);
const asked = (state: State) =>
  then(state, ...questions(state).map(({ part, key }) => ({ type: 'asked' as const, part, key })));
const open = (state: State) => questions(state).map(({ part }) => part);
const treeKey = (state: State) => questions(state).find(({ part }) => part === 'tree')!.key;

const tree = flatTree('All memory 100');
/** All parts asked for, the tree answered. */
const withTree = () => {
  const state = stateAfter(opened);
  return then(asked(state), { type: 'answered', part: 'tree', key: treeKey(state), answer: tree });
};
const load = { file: '/app/main.py', function: 'load', first_line: 3 };

describe('questions', () => {
  test('are none before a capture is known', () => {
    expect(open(initialState)).toEqual([]);
  });

  test('are asked once each', () => {
    const state = stateAfter(opened);
    expect(open(state).sort()).toEqual(['functions', 'regions', 'summary', 'timeline', 'tree']);
    expect(open(asked(state))).toEqual([]);
  });

  test('about tree and functions are asked again for another measure', () => {
    expect(open(then(asked(stateAfter(opened)), { type: 'choose', view: { measure: 'total' } })).sort()).toEqual([
      'functions',
      'tree',
    ]);
  });

  test('are about the chosen range, but for the timeline and what belongs to the run', () => {
    const ranged = then(stateAfter(opened), { type: 'choose', view: { range: { from_s: 2 } } });
    const scopes = questions(ranged).map(
      ({ part, query }) => `${part} ${('scope' in query && query.scope?.from_s) || '-'}`,
    );
    expect(scopes.sort()).toEqual(['functions 2', 'regions -', 'summary -', 'timeline -', 'tree 2']);
    expect(open(then(asked(ranged), { type: 'choose', view: { range: { from_s: 2 } } }))).toEqual([]);
  });

  test('are about the chosen region, within the range, and about its heap over the whole run', () => {
    const range = { from_s: 2 };
    const chosen = then(stateAfter(opened), { type: 'choose', view: { range, region: 'index' } });
    const scopes = questions(chosen).flatMap(({ part, query }) =>
      'scope' in query ? [[part, query.scope] as const] : [],
    );
    const scope = { from_s: 2, regions: ['index'] };
    expect(Object.fromEntries(scopes)).toEqual({
      tree: scope,
      functions: scope,
      region_history: { regions: ['index'] },
    });
  });

  test.each([
    ['lines', {}, ['lines']],
    ['threads', {}, ['threads']],
    ['neighbours', {}, []],
    ['neighbours', { around: load }, ['neighbours']],
    ['line', { line: { file: '/a.py', line: 3 } }, ['history', 'line_detail']],
  ] as const)('for the table %s are its own', (table, view, parts) => {
    const state = asked(stateAfter(opened));
    expect(open(then(state, { type: 'choose', view: { ...view, table } })).sort()).toEqual(parts);
  });

  test('are not asked for another search, order or zoom', () => {
    const state = then(asked(stateAfter(opened)), {
      type: 'choose',
      view: { search: 'x', zoom: ['a'], sort: { column: 'name', descending: false } },
    });
    expect(open(state)).toEqual([]);
  });

  test('are all asked again when the capture grew, and after Retry', () => {
    expect(open(then(asked(stateAfter(opened)), { type: 'grew' }))).toHaveLength(5);
    expect(open(then(asked(stateAfter(opened)), { type: 'retry' }))).toHaveLength(5);
  });

  test('that take a pass over the capture are asked again but seldom while it grows, and once it has ended', () => {
    const run = { live: true, shown: true, marks: [], stopped: null, previous: null };
    const live = asked(then(stateAfter(opened), { type: 'choose', view: { table: 'unfreed' } }, { type: 'run', run }));
    expect(open(then(live, { type: 'grew' }))).not.toContain('unfreed');
    expect(open(then(live, ...Array.from({ length: 20 }, () => ({ type: 'grew' }) as const)))).toContain('unfreed');
    expect(open(then(live, { type: 'run', run: { ...run, live: false } }))).toContain('unfreed');
  });

  test('ask for a tree under a function, and for a finer one where frames were folded', () => {
    const query = (state: State) => questions(state).find(({ part }) => part === 'tree')!.query;
    const rooted = then(stateAfter(opened), { type: 'choose', view: { root: load } });
    expect(query(rooted)).toMatchObject({ root: load, max_nodes: 3000 });
    expect(query(then(rooted, { type: 'refine' }))).toMatchObject({ root: load, max_nodes: 20_000 });
  });
});

describe('a comparison', () => {
  const base = { path: '/before', title: '14:21' };
  const comparing = (view = {}) => then(stateAfter(opened), { type: 'choose', view: { base, ...view } });

  test('asks for one tree of both captures, and for the other timeline', () => {
    expect(
      questions(comparing())
        .map(({ part, query }) => `${part} ${query.query}`)
        .sort(),
    ).toEqual([
      'base_timeline in_base',
      'diff diff',
      'regions regions',
      'summary summary',
      'timeline timeline',
      'tree diff_tree',
    ]);
  });

  test('asks both captures for tables that go by names', () => {
    const modules = questions(comparing({ table: 'modules' })).filter(({ part }) => /modules|base_rows/.test(part));
    expect(modules.map(({ query }) => query.query).sort()).toEqual(['in_base', 'modules']);
  });

  test('shows first what changed most, and ends with the order of before', () => {
    expect(comparing().view.sort).toEqual({ column: 'change', descending: true });
    expect(then(comparing(), { type: 'choose', view: { base: null } }).view.sort).toEqual(initialView.sort);
  });

  test('begins with another tree', () => {
    expect(then(comparing({ zoom: ['a'] }), { type: 'choose', view: { base: null } }).view.zoom).toEqual([]);
  });
});

describe('an answer', () => {
  test('stays while the next one is awaited', () => {
    const state = asked(then(withTree(), { type: 'choose', view: { measure: 'unfreed' } }));
    expect(state.parts.tree).toMatchObject({ value: tree, failure: null });
    expect(isLoading(state)).toBe(true);
  });

  test('that comes after another question was asked is thrown away', () => {
    const first = stateAfter(opened);
    const state = asked(then(asked(first), { type: 'choose', view: { measure: 'unfreed' } }));
    const late = then(state, { type: 'answered', part: 'tree', key: treeKey(first), answer: tree });
    expect(late).toBe(state);
  });
});

describe('a failure', () => {
  const failed = () => {
    const state = stateAfter(opened);
    return then(asked(state), { type: 'failed', part: 'tree', key: treeKey(state), message: 'It is damaged.' });
  };

  test('is told, and not asked again by itself', () => {
    expect(failureOf(failed())).toBe('It is damaged.');
    expect(open(failed())).toEqual([]);
  });

  test('of a table is told only while the table is shown', () => {
    const threads = asked(then(stateAfter(opened), { type: 'choose', view: { table: 'threads' } }));
    const key = threads.parts.threads.asked!;
    const state = then(threads, { type: 'failed', part: 'threads', key, message: 'No threads.' });
    expect(failureOf(state)).toBe('No threads.');
    expect(failureOf(then(state, { type: 'choose', view: { table: 'functions' } }))).toBeNull();
  });

  test('is not told any more once the question is asked again', () => {
    expect(failureOf(asked(then(failed(), { type: 'retry' })))).toBeNull();
  });
});

describe('the zoom', () => {
  const zoomed = () => then(stateAfter(opened), { type: 'choose', view: { zoom: ['a', 'b'] } }, { type: 'refine' });

  test('is kept for another measure, in a coarse tree', () => {
    expect(then(zoomed(), { type: 'choose', view: { measure: 'total' } })).toMatchObject({
      fine: false,
      view: { zoom: ['a', 'b'] },
    });
  });

  test.each([{ root: load }, { inverted: true }, { splitThreads: true }])('ends with another tree: %o', (view) => {
    expect(then(zoomed(), { type: 'choose', view })).toMatchObject({ fine: false, view: { zoom: [] } });
  });

  test('of a root that is chosen again is kept', () => {
    const state = then(
      stateAfter(opened),
      { type: 'choose', view: { root: load } },
      { type: 'choose', view: { zoom: ['a'] } },
    );
    expect(then(state, { type: 'choose', view: { root: { ...load } } }).view.zoom).toEqual(['a']);
  });
});

test('another capture begins anew, and answers for the one before count no more', () => {
  const before = stateAfter(opened);
  const state = then(asked(before), { ...opened, path: '/d' });
  expect(
    then(state, { type: 'answered', part: 'tree', key: treeKey(before), answer: tree }).parts.tree.value,
  ).toBeNull();
});

test('a capture of sums alone has neither ranges nor marks, and is asked about the whole run', () => {
  const answered = (aggregate: boolean) => {
    const run = { live: true, shown: true, marks: [], stopped: null, previous: null };
    const state = stateAfter(opened, { type: 'run', run }, { type: 'choose', view: { range: { from_s: 2 } } });
    const { key } = questions(state).find(({ part }) => part === 'summary')!;
    const answer = { aggregate } as Summary;
    return then(asked(state), { type: 'answered', part: 'summary', key, answer });
  };
  const scopeOf = (state: State) => (queries(state).tree as { scope: unknown }).scope;
  const events = answered(false);
  expect([hasRanges(events), hasMarks(events), scopeOf(events)]).toEqual([true, true, { from_s: 2 }]);
  const sums = answered(true);
  expect([hasRanges(sums), hasMarks(sums), scopeOf(sums)]).toEqual([false, false, null]);
});

describe('a search', () => {
  const frame = { file: null, line: null, first_line: null, origin: 'native', bytes: 1, allocations: 1 };
  const tree = (folded: number) => ({
    nodes: [
      { ...frame, name: 'All memory', own_bytes: 0, parent: -1 },
      { ...frame, name: 'other', own_bytes: 1, parent: 0, folded },
    ] as FlatTree['nodes'],
    total_bytes: 1,
    total_allocations: 1,
  });
  const searching = (folded: number) => {
    const state = then(stateAfter(opened), { type: 'choose', view: { search: 'load' } });
    const { key } = questions(state).find(({ part }) => part === 'tree')!;
    return then(
      state,
      { type: 'asked', part: 'tree', key },
      { type: 'answered', part: 'tree', key, answer: tree(folded) },
    );
  };

  test('is of the tree that is here when that is whole, else of the whole one', () => {
    expect(open(searching(0))).not.toContain('search');
    expect(questions(searching(7)).find(({ part }) => part === 'search')?.query).toMatchObject({
      query: 'search',
      filter: 'load',
    });
  });

  test('knows what was found until something else is searched for', () => {
    const state = searching(7);
    const { key } = questions(state).find(({ part }) => part === 'search')!;
    const answer = { frames: 3, bytes: 9 };
    const found = then(
      state,
      { type: 'asked', part: 'search', key },
      { type: 'answered', part: 'search', key, answer },
    );
    expect(foundFrames(found)).toEqual(answer);
    expect(foundFrames(then(found, { type: 'grew' }))).toEqual(answer);
    expect(foundFrames(then(found, { type: 'choose', view: { search: 'save' } }))).toBeNull();
  });
});
