import { expect, test } from 'vitest';
import { nextLine } from './hotLines';

test.each([
  ['the next one down', [3, 7, 9], 3, true, 7],
  ['the next one up', [3, 7, 9], 7, false, 3],
  ['the first after the last', [3, 7, 9], 9, true, 3],
  ['the last before the first', [3, 7, 9], 2, false, 9],
  ['none where there is none', [], 1, true, undefined],
])('from a line the hot line found is %s', (_, lines, from, forward, expected) => {
  expect(nextLine(lines, from, forward)).toBe(expected);
});
