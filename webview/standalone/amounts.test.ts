import { describe, expect, test } from 'vitest';
import type { Measure } from '../../extension/shared/capture';
import { ownAmounts, partsOf } from './amounts';
import { run } from './testing';

/** Bytes of the nodes that have any: `read 10 parse 30`. */
function held(measure: Measure, from_s: number | null = null, to_s: number | null = null): string {
  const { bytes } = ownAmounts(run, measure, partsOf(run, { from_s, to_s }));
  const names = run.place.map((place, node) => `${run.strings[run.places.function[place]!]}@${run.thread[node]}`);
  return [...bytes].flatMap((size, node) => (size ? [`${names[node]} ${size}`] : [])).join(', ');
}

describe('a node holds', () => {
  test('at the peak what was live at the highest moment of the run', () => {
    expect(held('peak')).toBe('read@1 15, parse@2 50');
  });
  test('at the peak of a range what was live at its highest moment, older blocks included', () => {
    expect(held('peak', 0, 1)).toBe('read@1 10, parse@1 30');
    expect(held('peak', 1, 2)).toBe('read@1 10, parse@2 50');
  });
  test('unfreed what was allocated in the range and is live at its end', () => {
    expect(held('unfreed')).toBe('read@1 10, parse@2 50');
    expect(held('unfreed', 0, 1)).toBe('read@1 10, parse@1 30');
    expect(held('unfreed', 1, 3)).toBe('parse@2 50');
  });
  test('in total and temporary what was allocated in the range', () => {
    expect(held('total', 0, 2)).toBe('read@1 10, parse@1 30, parse@2 50');
    expect(held('temporary')).toBe('read@1 5');
    expect(held('temporary', 0, 2)).toBe('');
  });
});

describe('a range is told in whole parts:', () => {
  test.each([
    [null, null, 0, 3],
    [0.5, 1.5, 0, 2],
    [1, 2, 1, 2],
    [2.9, 99, 2, 3],
    [50, 60, 2, 3],
  ])('%s to %s s', (from_s, to_s, first, end) => {
    expect(partsOf(run, { from_s, to_s })).toEqual({ first, end });
  });
});
