import { expect, test } from 'vitest';
import type { TreeNode } from './capture';
import { flatten } from './panel';

const node = (name: string, children: TreeNode[] = []): TreeNode => ({
  id: 0,
  name,
  file: null,
  line: null,
  first_line: null,
  origin: 'native',
  bytes: 10,
  allocations: 1,
  own_bytes: 0,
  children,
});

test('a flat tree names callers before callees, in the order of the tree', () => {
  const root = node('root', [node('a', [node('b'), node('c')]), node('d')]);
  const { nodes } = flatten({ root, total_bytes: 10, total_allocations: 1 });
  expect(nodes.map(({ name, parent }) => [name, nodes[parent]?.name])).toEqual([
    ['root', undefined],
    ['a', 'root'],
    ['b', 'a'],
    ['c', 'a'],
    ['d', 'root'],
  ]);
});

test('a recursion of 10,000 frames can be sent once it is flat', () => {
  let root = node('again');
  for (let depth = 1; depth < 10_000; depth++) root = node('again', [root]);
  const flat = flatten({ root, total_bytes: 10, total_allocations: 1 });
  expect(JSON.parse(JSON.stringify(flat)).nodes).toHaveLength(10_000);
  expect(() => structuredClone(flat)).not.toThrow();
});
