import { expect, test } from 'vitest';
import { windowOf } from './window';

test.each([
  ['the beginning', 1000, 0, { from: 0, to: 20 }],
  ['somewhere', 1000, 22 * 500, { from: 490, to: 520 }],
  ['the end', 1000, 22 * 990, { from: 980, to: 1000 }],
  ['a short table', 5, 0, { from: 0, to: 5 }],
  ['a table that became short', 5, 22 * 500, { from: 5, to: 5 }],
  ['no rows', 0, 0, { from: 0, to: 0 }],
])('%s has elements for what can be seen and some more', (_, rows, scrollTop, window) => {
  expect(windowOf(rows, 22, scrollTop, 220)).toEqual(window);
});
