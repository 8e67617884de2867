import { describe, expect, test } from 'vitest';
import { mapLines, mapNothing } from './lineMapping';

/** Texts with `|` for a line's end; answers where each recorded line is now: `~` changed, `-` gone. */
function where(recorded: string, current: string): string {
  const text = (joined: string) => joined.replaceAll('|', '\n');
  const mapping = mapLines(text(recorded), text(current));
  return recorded
    .split('|')
    .map((_, i) => mapping.find(i + 1))
    .map((place) => (place ? `${place.stale ? '~' : ''}${place.line}` : '-'))
    .join(' ');
}

describe('a recorded line is found', () => {
  test.each([
    ['an unchanged text', 'a|b|c', 'a|b|c', '1 2 3'],
    ['a line put before', 'a|b|c', 'new|a|b|c', '2 3 4'],
    ['a line deleted', 'a|b|c', 'a|c', '1 - 2'],
    ['a line changed', 'a|b = 1|c', 'a|b = 2|c', '1 ~2 3'],
    ['several lines changed', 'a|b1|c1|d', 'a|b2|c2|d', '1 ~2 ~3 4'],
    ['a line changed below a new one', 'a|total = f(x)|c', 'a|# why|total = f(x, y)|c', '1 ~3 4'],
    ['a line changed and one deleted', 'a|x = first()|y = second()|c', 'a|y = second(1)|c', '1 - ~2 3'],
    ['a line replaced by unlike ones', 'a|x = first()|c', 'a|import os|import sys|c', '1 - 4'],
    ['a block moved down', 'def f|  one|def g|  two|end', 'def g|  two|def f|  one|end', '3 4 1 2 5'],
    ['a copy of a moved line', 'a|x|b', 'a|b|x|x', '1 - 2'],
    ['a changed indentation', 'a|b()|c', 'a|    b()|c', '1 ~2 3'],
    ['white space at the end', 'a|b|c', 'a|b   |c', '1 2 3'],
    ['everything deleted', 'a|b', '', '- -'],
    ['an empty recorded text', '', 'a|b', '-'],
  ])('in %s', (_, recorded, current, expected) => {
    expect(where(recorded, current)).toBe(expected);
  });

  test('with Windows line ends', () => {
    expect(mapLines('a\nb', 'a\r\nb\r\n').find(2)).toEqual({ line: 2, stale: false });
  });

  test('in a text of 20,000 lines without a long wait, however unlike', () => {
    const text = (seed: number) => Array.from({ length: 20_000 }, (_, i) => `x${(i * seed) % 9973}`).join('\n');
    const start = performance.now();
    mapLines(text(7), text(11));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('the share of changed lines counts new and changed ones', () => {
  expect(mapLines('a\nb\nc', 'a\nB\nc\nd').changedShare).toBe(0.5);
  expect(mapLines('a\nb', 'a\nb').changedShare).toBe(0);
});

describe('a block of lines', () => {
  const recorded = 'def f():\n    a\n\n    b\nend';
  test.each([
    ['intact when it moved', `new\n\n${recorded}`, true],
    ['intact when a blank line came or went', 'def f():\n    a\n    b\n\n\nend', true],
    ['not intact when a line changed', 'def f():\n    a\n\n    B\nend', false],
    ['not intact when a line was put in', 'def f():\n    a\n    new\n    b\nend', false],
    ['not intact when a line was deleted', 'def f():\n    b\nend', false],
  ])('is %s', (_, current, expected) => {
    expect(mapLines(recorded, current).isIntact(1, 4)).toBe(expected);
  });
});

test('of a file that nobody knows the old text of, every line is in doubt', () => {
  const mapping = mapNothing('a\nb');
  expect(mapping.find(2)).toEqual({ line: 2, stale: true });
  expect(mapping.find(3)).toBeNull();
  expect(mapping.isIntact(1, 2)).toBe(false);
});
