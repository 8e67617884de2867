import { describe, expect, test } from 'vitest';
import type { Figures, FunctionRow } from '../../extension/shared/capture';
import { hitsOf, sorted, sortedBy, toRows } from './rows';

const figures = (peak: number): Figures => ({
  peak_bytes: peak,
  peak_allocations: 1,
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
const functions = [row('main', 0, 100), row('load', 60, 80), row('save', 15, 15), row('parse', 15, 20), row('b', 0, 0)];
const rows = toRows(functions, 'peak', 120);
const order = (...sort: Parameters<typeof sorted>[1][]) => sorted(rows, sort[0]!).map(({ name }) => name);

test('a function without bytes of the measure has no row', () => {
  expect(rows.map(({ name }) => name)).not.toContain('b');
  expect(toRows(functions, 'unfreed', 0)).toEqual([]);
});

test('the share is of the whole, the bar of the largest', () => {
  const load = toRows(functions, 'total', 360).find(({ name }) => name === 'load');
  expect(load).toMatchObject({ own: 180, share: 0.5, bar: 1 });
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

test('a search finds rows by name and file, and none at all is not the same as no search', () => {
  expect(Array.from(hitsOf(rows, 'LOAD.py') ?? [], ({ name }) => name)).toEqual(['load']);
  expect(hitsOf(rows, '(')?.size).toBe(0);
  expect(hitsOf(rows, '')).toBeNull();
});
