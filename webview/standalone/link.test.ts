import { expect, test } from 'vitest';
import { initialView } from '../../extension/shared/panel';
import { hashOf, isStep, type Place, placeOf } from './link';

const first: Place = { ...initialView, hideImports: false, onlyAllocations: false };

test('the beginning has no address of its own', () => {
  expect(hashOf(first, first)).toBe('');
  expect(placeOf('', first)).toEqual(first);
});

test('what differs from the beginning goes through the address and comes back', () => {
  const place: Place = { ...first, measure: 'total', zoom: ['a\nb\n1', 'c "d" ü\n\n2'], hideImports: true };
  expect(placeOf(hashOf(place, first), first)).toEqual(place);
});

test('a page that begins elsewhere tells the way back too', () => {
  const total: Place = { ...first, measure: 'total', onlyAllocations: true };
  expect(placeOf(hashOf(first, total), total)).toEqual(first);
});

test.each(['#%7B', '#null', '#7', '#{"zoom":7,"nothing":1,"inverted":"yes"}', '#%'])(
  'an address that makes no sense leads to the beginning: %s',
  (hash) => {
    expect(placeOf(hash, first)).toEqual(first);
  },
);

test('typing is no step of the history, a zoom is', () => {
  expect(isStep(first, { ...first, search: 'load' })).toBe(false);
  expect(isStep(first, { ...first, zoom: ['a'] })).toBe(true);
});
