import { expect, test } from 'vitest';
import type { HiddenFrames, Measure, Scope } from '../../extension/shared/capture';
import type { FlatTree } from '../../extension/shared/panel';
import { ownAmounts, partsOf } from './amounts';
import { framesOf } from './frames';
import { run } from './testing';
import { type TreeOptions, treeOf } from './tree';

interface Options extends Partial<TreeOptions> {
  measure?: Measure;
  scope?: Scope;
  hide?: HiddenFrames[];
  splitThreads?: boolean;
}

/** `All memory 60 (main 10 (…))`, largest first. */
function drawn({
  measure = 'total',
  maxNodes = 100,
  scope,
  hide = [],
  splitThreads = false,
  ...more
}: Options = {}): string {
  const own = ownAmounts(run, measure, partsOf(run, scope));
  const tree = treeOf(run, framesOf(run, own, { scope, hide, splitThreads }), { maxNodes, ...more });
  return node(tree, 0);
}

function node({ nodes, ...tree }: FlatTree, at: number): string {
  const below = nodes.flatMap(({ parent }, i) => (parent === at ? [i] : []));
  below.sort((a, b) => nodes[b]!.bytes - nodes[a]!.bytes);
  const { name, bytes } = nodes[at]!;
  return `${name} ${bytes}${below.length ? ` (${below.map((i) => node({ nodes, ...tree }, i)).join(', ')})` : ''}`;
}

test('calls hang below their callers, each with the bytes of all below it', () => {
  expect(drawn()).toBe('All memory 95 (loop 50 (parse 50), main 45 (load 45 (parse 30, read 15)))');
});

test('threads may stand apart, or alone', () => {
  expect(drawn({ splitThreads: true })).toBe(
    'All memory 95 (loop 50 (loop 50 (parse 50)), MainThread 45 (main 45 (load 45 (parse 30, read 15))))',
  );
  expect(drawn({ scope: { threads: [1] } })).toBe('All memory 45 (main 45 (load 45 (parse 30, read 15)))');
});

test('from the bottom up callers hang below what asked', () => {
  expect(drawn({ inverted: true })).toBe(
    'All memory 95 (parse 80 (loop 50, load 30 (main 30)), read 15 (load 15 (main 15)))',
  );
});

test('hidden frames leave their bytes to their callers', () => {
  expect(drawn({ hide: ['standard_library'] })).toBe('All memory 95 (loop 50, main 45 (load 45))');
  expect(drawn({ hide: ['pass_through'] })).toBe('All memory 95 (parse 80, read 15)');
});

test('all calls of a function come under one root', () => {
  const root = { file: '/usr/lib/python3.12/json.py', function: 'parse', first_line: 39 };
  expect(drawn({ root })).toBe('parse 80');
  expect(drawn({ root, inverted: true })).toBe('parse 80 (loop 50, load 30 (main 30))');
});

test('what finds no room is folded beside its sisters, and nothing is lost', () => {
  expect(drawn({ maxNodes: 4 })).toBe('All memory 95 (loop 50 (parse 50), main 45 (other 45))');
});
