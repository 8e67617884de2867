import { describe, expect, test } from 'vitest';
import { frameNamed, frames, names } from '../testing/tree';
import { follow, hasFolded, pathOf, placeOf, toFrames, walk } from './frame';

const program = `
  All memory 100
    main 90 /app/main.py:9
      save 20 /app/main.py:30
      load 60 /app/main.py:20
        parse 55 /lib/csv.py:7 lib
      other 25 +14
    start-up 10 c`;

test('callees stand by size, and what was folded stands last', () => {
  expect(names(walk(frames(program)))).toEqual(['All memory', 'main', 'load', 'parse', 'save', 'other', 'start-up']);
});

test('a tree without bytes is nothing to draw', () => {
  expect(toFrames({ nodes: [], total_bytes: 0, total_allocations: 0 })).toBeNull();
  expect(frames('All memory 0')).toBeNull();
});

test('depth and caller are known of each frame', () => {
  const parse = frameNamed(frames(program), 'parse');
  expect(parse.depth).toBe(3);
  expect(parse.parent?.name).toBe('load');
});

test('a recursion of 20,000 frames is walked like any other', () => {
  const nodes = Array.from({ length: 20_000 }, (_, i) => ({
    name: 'again',
    file: '/app/deep.py',
    line: 3,
    first_line: 1,
    origin: 'yours' as const,
    bytes: 5,
    allocations: 1,
    own_bytes: 0,
    parent: i - 1,
  }));
  const root = toFrames({ nodes, total_bytes: 5, total_allocations: 1 })!;
  expect([...walk(root)].at(-1)?.depth).toBe(19_999);
});

describe('the path of a frame', () => {
  test('leads to it again in a tree of another measure', () => {
    const path = pathOf(frameNamed(frames(program), 'parse'));
    const other = frames(`
      All memory 7
        main 6 /app/main.py:9
          load 5 /app/main.py:20
            parse 4 /lib/csv.py:7 lib`);
    expect(follow(other, path).name).toBe('parse');
  });

  test('ends where the other tree does', () => {
    const path = pathOf(frameNamed(frames(program), 'parse'));
    const other = frames(`
      All memory 7
        main 6 /app/main.py:9
          load 5 /app/main.py:21`);
    expect(follow(other, path).name).toBe('main');
  });
});

test('only a frame above folded ones asks for a finer tree', () => {
  const root = frames(program);
  expect(hasFolded(frameNamed(root, 'main'))).toBe(true);
  expect(hasFolded(frameNamed(root, 'load'))).toBe(false);
});

describe('the place of a frame is', () => {
  test.each([
    ['/app/main.py', 9, 'main.py:9'],
    ['/usr/lib/python3.11/collections/__init__.py', 608, 'collections:608'],
    ['C:\\app\\main.py', 9, 'main.py:9'],
    ['<frozen importlib._bootstrap>', 1007, '<frozen importlib._bootstrap>:1007'],
    ['/app/main.py', null, 'main.py'],
    [null, null, ''],
  ])('of %s, line %s: "%s"', (file, line, place) => {
    expect(placeOf(file, line)).toBe(place);
  });
});
