import { describe, expect, test } from 'vitest';
import type { Figures, FunctionRow } from '../../extension/shared/capture';
import { changeOf, comparedCode, comparedRows, filtered, sorted, sortedBy, toRows } from './rows';

const figures = (peak: number): Figures => ({
  peak_bytes: peak,
  peak_allocations: peak / 10,
  unfreed_bytes: 0,
  unfreed_allocations: 0,
  total_bytes: peak * 3,
  total_allocations: 3,
  temporary_bytes: 0,
  temporary_allocations: 0,
});
const row = (name: string, own: number, withCallees: number): FunctionRow => ({
  file: `/app/${name}.py`,
  function: name,
  first_line: 1,
  origin: 'yours',
  own: figures(own),
  with_callees: figures(withCallees),
});
const functions = {
  functions: [row('main', 0, 100), row('load', 60, 80), row('save', 15, 15), row('parse', 15, 20), row('b', 0, 0)],
};
const rows = toRows('functions', functions, 'peak', 120);
const order = (...sort: Parameters<typeof sorted>[1][]) => sorted(rows, sort[0]!).map(({ name }) => name);

test('a function without bytes of the measure has no row', () => {
  expect(rows.map(({ name }) => name)).not.toContain('b');
  expect(toRows('functions', functions, 'unfreed', 0)).toEqual([]);
});

test('the share is of the whole, the bar of the largest', () => {
  const load = toRows('functions', functions, 'total', 360).find(({ name }) => name === 'load');
  expect(load).toMatchObject({ own: 180, share: 0.5, bar: 1 });
});

describe('there are rows of', () => {
  test('lines, by function and place', () => {
    const line = { file: '/app/a.py', line: 7, function: 'f', origin: 'yours' as const, ...figures(10) };
    const nobody = { ...line, file: null, line: null, function: null };
    const answer = { rows: [line, nobody].map((each) => ({ ...each, yours: figures(10), with_callees: figures(30) })) };
    expect(toRows('lines', answer, 'peak', 100)).toMatchObject([
      { name: 'f', place: 'a.py:7', own: 10, withCallees: 30, line: 7 },
      { name: 'Outside Python code', place: '', line: null },
    ]);
  });

  test('threads, with a name for those that have none', () => {
    const threads = [
      { id: 1, kernel_id: 4711, name: 'MainThread', ...figures(60) },
      { id: 2, kernel_id: 0, name: '', ...figures(20) },
      { id: 0, kernel_id: 0, name: '', ...figures(10) },
    ];
    const shown = toRows('threads', { threads }, 'peak', 100).map(({ name, place }) => [name, place]);
    expect(shown).toEqual([
      ['MainThread', 'id 4711'],
      ['Thread 2', ''],
      ['Thread not known', ''],
    ]);
  });

  test('allocators, modules and sizes of blocks', () => {
    expect(toRows('allocators', { allocators: [{ allocator: 'mmap', ...figures(10) }] }, 'peak', 100)).toMatchObject([
      { name: 'mmap', own: 10, withCallees: null, allocations: 1 },
    ]);
    const module = { module: 'numpy', origin: 'package' as const, own: figures(10), with_callees: figures(20) };
    expect(toRows('modules', { modules: [module] }, 'peak', 100)).toMatchObject([{ name: 'numpy', withCallees: 20 }]);
    const sizes = [
      { from_bytes: 1, to_bytes: 1, ...figures(10) },
      { from_bytes: 513, to_bytes: 4096, ...figures(10) },
    ];
    const names = toRows('sizes', { sizes }, 'peak', 100).map(({ name }) => name.replaceAll('\u00a0', ' '));
    expect(names).toEqual(['1 B', '513 B – 4.1 kB']);
  });

  test('callers, then callees, however they are sorted', () => {
    const neighbour = (name: string, bytes: number) => ({
      file: '/app/a.py',
      function: name,
      first_line: 1,
      origin: 'yours' as const,
      bytes,
      allocations: 1,
    });
    const answer = {
      own: figures(0),
      with_callees: figures(50),
      callers: [neighbour('x', 10), neighbour('y', 40)],
      callees: [neighbour('z', 50)],
    };
    const shown = sorted(toRows('neighbours', answer, 'peak', 100), { column: 'own', descending: true });
    expect(shown.map(({ group, name }) => `${group} ${name}`)).toEqual(['callers y', 'callers x', 'callees z']);
  });
});

describe('rows are sorted', () => {
  test('by own bytes; equal ones by bytes with callees', () => {
    expect(order({ column: 'own', descending: true })).toEqual(['load', 'parse', 'save', 'main']);
  });
  test('by bytes with callees', () => {
    expect(order({ column: 'with_callees', descending: true })).toEqual(['main', 'load', 'parse', 'save']);
  });
  test('by name, and back', () => {
    expect(order({ column: 'name', descending: false })).toEqual(['load', 'main', 'parse', 'save']);
    expect(order({ column: 'name', descending: true })).toEqual(['save', 'parse', 'main', 'load']);
  });
});

describe('a click on a heading', () => {
  test('sorts figures from the largest down, names from A', () => {
    expect(sortedBy('with_callees', { column: 'own', descending: true })).toMatchObject({ descending: true });
    expect(sortedBy('name', { column: 'own', descending: true })).toMatchObject({ descending: false });
  });
  test('turns the column round that is sorted by', () => {
    expect(sortedBy('own', { column: 'own', descending: true })).toEqual({ column: 'own', descending: false });
  });
});

test.each([
  ['', 'main, load, save, parse'],
  ['LOAD.py', 'load'],
  ['@bytes>50', 'main, load'],
  ['@own>50', 'load'],
  ['@share>=50%', 'main, load'],
  ['(', ''],
])('the filter "%s" leaves %s', (text, names) => {
  expect(
    filtered(rows, text)
      .map(({ name }) => name)
      .join(', '),
  ).toBe(names);
});

describe('of two captures', () => {
  const compared = (name: string, before: number, after: number) => ({
    ...row(name, 0, 0),
    before: { own: figures(before), with_callees: figures(before) },
    after: { own: figures(after), with_callees: figures(after) },
  });
  const diff = { functions: [compared('grew', 10, 60), compared('gone', 80, 0)], lines: [] } as never;

  test('functions have what they had before, also those that are gone', () => {
    const shown = comparedCode('functions', diff, 'peak', 60);
    expect(shown.map((each) => [each.name, changeOf(each), each.bar])).toEqual([
      ['grew', 50, 50 / 80],
      ['gone', -80, 1],
    ]);
  });

  test('what changed most comes first, or last', () => {
    const shown = comparedCode('functions', diff, 'peak', 60);
    expect(sorted(shown, { column: 'change', descending: true }).map(({ name }) => name)).toEqual(['gone', 'grew']);
  });

  test('rows of other tables are found again by their names', () => {
    const module = (name: string, bytes: number) => ({
      module: name,
      origin: 'package' as const,
      own: figures(bytes),
      with_callees: figures(bytes),
    });
    const now = { modules: [module('numpy', 100), module('new', 5)] };
    const before = { modules: [module('numpy', 40), module('old', 7)] };
    const shown = comparedRows('modules', now, before, 'peak', 105, 'si');
    expect(shown.map((each) => [each.name, changeOf(each)])).toEqual([
      ['numpy', 60],
      ['new', 5],
      ['old', -7],
    ]);
  });
});
