import { describe, expect, test } from 'vitest';
import { heatLevel } from '../../shared/heat';
import type { AnnotatedLine } from '../../shared/protocol';
import { barWidth, figureColumn, type LineTexts, lineFigures } from './lineFigures';

const MB = 1_000_000;

interface Line extends Partial<AnnotatedLine> {
  text: string;
}

function figuresOf(lines: Line[], { tabSize = 4 } = {}) {
  const annotated = lines.map(({ text: _, ...line }, i) => ({
    line: i + 1,
    recorded: i + 1,
    bytes: MB,
    allocations: 1,
    share: 0.01,
    stale: false,
    ...line,
  }));
  const texts: LineTexts = { textAt: (line) => lines[line - 1]?.text ?? '', lineCount: lines.length, tabSize };
  const document = {
    uri: 'file:///a.py',
    file: '/a.py',
    version: 1,
    lines: annotated,
    hottest_bytes: 100 * MB,
    stale_lines: 0,
    changed_share: 0,
    uncertain: false,
  };
  return lineFigures(document, texts, 'si');
}

/** Each line as it looks: `.` for the gap, `=` for a column of the bar. */
function drawn(lines: Line[], options?: { tabSize: number }): string[] {
  return figuresOf(lines, options).map(({ line, gap, text, bar }) => {
    const figure = text.replaceAll('\u00a0', ' ');
    return `${lines[line - 1]?.text}${'.'.repeat(gap)}${figure} ${'='.repeat(Math.round(bar))}`;
  });
}

test('figures stand in one column behind the longest line, bars after them', () => {
  const lines = [
    { text: 'x = 1', bytes: 3.3 * MB },
    { text: 'rows = [spend(row) for row in every]', bytes: 100 * MB },
  ];
  expect(drawn(lines)).toEqual([
    'x = 1.................................   3.3 MB ',
    'rows = [spend(row) for row in every].. 100.0 MB =======',
  ]);
});

test('a line beyond the last column has a gap of its own', () => {
  const [beyond, short] = figuresOf([{ text: 'x'.repeat(90) }, { text: 'y' }]);
  expect([beyond?.gap, short?.gap]).toEqual([2, 77]);
});

test.each([
  ['a tab', '\tx', 4 + 1],
  ['a tab after text', 'ab\tx', 4 + 1],
  ['wide characters', 'x = "漢字"', 10],
  ['a picture', 'x = "🔥"', 8],
  ['a combining mark', 'e\u0301 = 1', 5],
])('%s counts as many columns as it takes', (_, text, width) => {
  expect(figuresOf([{ text }])[0]?.gap).toBe(32 - width + 2);
});

test.each([
  [[], 32],
  [[10], 32],
  [[33], 36],
  [[36], 36],
  [[20, 61], 64],
  [[200], 76],
])('lines of %j columns put the figures at column %d', (widths, column) => expect(figureColumn(widths)).toBe(column));

test.each([
  [0.001, 1],
  [0.029, 1],
  [0.03, 2],
  [0.1, 3],
  [0.25, 4],
  [0.5, 5],
  [1, 5],
])('a share of %d is heat %d', (share, level) => expect(heatLevel(share)).toBe(level));

describe('a bar', () => {
  test.each([
    [100, 7],
    [50, 3.5],
    [26, 1.75],
    [1, 0.3],
    [0, 0.3],
  ])('of %d of the hottest 100 is %d wide', (bytes, width) => expect(barWidth(bytes, 100)).toBe(width));

  test("is never longer than the hottest line's, nor lost when nothing is hot", () => {
    expect(barWidth(200, 100)).toBe(7);
    expect(barWidth(1, 0)).toBe(0.3);
  });
});

test('a stale figure says that it is one', () => {
  const [figure] = figuresOf([{ text: 'x', stale: true, bytes: 34.8 * MB, share: 0.6 }]);
  expect(figure).toMatchObject({ style: 'stale', text: '\u00a0~34.8\u00a0MB' });
});

test('every figure is as wide, so that they align on the right', () => {
  const widths = [1, 999, 12_300, 999.9 * MB].map((bytes) => figuresOf([{ text: 'x', bytes }])[0]?.text.length);
  expect(widths).toEqual([9, 9, 9, 9]);
});

test('a line that is not there any more is left out until the next answer', () => {
  expect(figuresOf([{ text: 'x', line: 9 }])).toEqual([]);
});

test('while a program runs, figures that grew by 1 % or more since the last tick have an arrow', () => {
  const line = (n: number, bytes: number) => ({
    line: n,
    recorded: n,
    bytes,
    allocations: 1,
    share: 0.1,
    stale: false,
  });
  const document = (...bytes: number[]) => ({
    uri: 'file:///a.py',
    file: '/a.py',
    version: 1,
    lines: bytes.map((b, i) => line(i + 1, b)),
    hottest_bytes: 100 * MB,
    stale_lines: 0,
    changed_share: 0,
    uncertain: false,
  });
  const texts: LineTexts = { textAt: () => 'x', lineCount: 9, tabSize: 4 };
  const figures = lineFigures(document(2 * MB, MB, MB), texts, 'si', document(MB, MB));
  expect(figures.map(({ text }) => text.replaceAll('\u00a0', ' '))).toEqual(['   2.0 MB↑', '   1.0 MB ', '   1.0 MB ']);
});
