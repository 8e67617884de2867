import { expect, test } from 'vitest';
import { shiftLines } from './shiftLines';

/** Lines of the figures 2, 4 and 6 after a change of the lines `from` to `to` (1-based). */
function shifted(from: number, to: number, text: string, inIndentation: boolean): string {
  const lines = [2, 4, 6].map((line) => ({ line, recorded: line, bytes: 1, allocations: 1, share: 1, stale: false }));
  const change = { range: { start: { line: from - 1 }, end: { line: to - 1 } }, text };
  return shiftLines(lines, change, inIndentation)
    .map(({ line }) => line)
    .join(' ');
}

test.each([
  ['a line end typed behind the code leaves its figure', 4, 4, '\n', false, '2 4 7'],
  ['a line end typed before the code takes its figure along', 4, 4, '\n', true, '2 5 7'],
  ['lines pasted above move all below', 1, 1, 'a\nb\n', true, '4 6 8'],
  ['a line taken out takes its figure with it', 4, 5, '', true, '2 5'],
  ['a line joined with the next keeps its own figure', 4, 5, '', false, '2 4 5'],
  ['several lines replaced by one', 2, 5, 'x', false, '2 3'],
  ['typing within a line moves nothing', 4, 4, 'x', false, '2 4 6'],
])('%s', (_, from, to, text, inIndentation, expected) => {
  expect(shifted(from, to, text, inIndentation)).toBe(expected);
});
