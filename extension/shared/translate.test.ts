import { afterEach, expect, test } from 'vitest';
import { measureWords } from './measures';
import { allocationsText, t, translateWith } from './translate';

afterEach(() => translateWith(undefined));

test('a text is as it is written until there is a translation, and where it has none', () => {
  expect(t('{0} of {1}', '3 MB', 5)).toBe('3 MB of 5');
  translateWith({ Peak: 'Höchststand' });
  expect(measureWords.peak.title).toBe('Höchststand');
  expect(measureWords.total.title).toBe('Total');
});

test('a translation has the values where its language wants them', () => {
  translateWith({ '{0} of {1}': 'von {1}: {0}' });
  expect(t('{0} of {1}', '3 MB', '5 MB')).toBe('von 5 MB: 3 MB');
});

test('what looks like a place in a value is none', () => {
  expect(t('{0} and {1}', '{1}', 'b')).toBe('{1} and b');
});

test('one allocation is not several', () => {
  expect([allocationsText('1'), allocationsText('4.5M')]).toEqual(['1 allocation', '4.5M allocations']);
});
