import { describe, expect, test } from 'vitest';
import { annotate } from './annotate';
import { excerptOf, spanOf } from './expressions';
import { hover } from './hover';
import { inlayHints } from './inlayHints';
import { codeSpan } from './markdown';
import { fileLine, MB } from './testing/goldenCapture';
import { type GoldenDocument, goldenDocument } from './testing/goldenDocument';

const expression = (line: number, column: number, end_column: number, bytes: number, end_line = line) => ({
  ...fileLine(line, bytes),
  column,
  end_line,
  end_column,
});

const ran = 'rows = load(path) + parse(text)\nprint(rows)\n';
const answers = {
  file_lines: { lines: [fileLine(1, 60 * MB)] },
  expressions: { expressions: [expression(1, 7, 17, 20 * MB), expression(1, 20, 31, 40 * MB)] },
};
const document = (options: Partial<GoldenDocument> = {}) => goldenDocument({ ran, answers, ...options });
const underlined = async (options?: Partial<GoldenDocument>) => {
  const shownDocument = await document(options);
  const texts = shownDocument.text.text.split('\n');
  const { lines } = await annotate(shownDocument);
  return lines.map(({ line, expression: span }) => span && (texts[line - 1] ?? '').slice(span.start, span.end));
};

describe('of a line, the expression that allocated most', () => {
  test('is marked', async () => {
    expect(await underlined()).toEqual(['parse(text)']);
  });

  test('moves with its line', async () => {
    expect(await underlined({ now: `import os\n${ran}` })).toEqual(['parse(text)']);
  });

  test('is not marked in a text that was edited', async () => {
    expect(await underlined({ now: ran.replace('rows = ', 'all_rows = ') })).toEqual([undefined]);
  });

  test('is marked up to the end of its first line', async () => {
    const over = { expressions: { expressions: [expression(1, 20, 3, 40 * MB, 2)] } };
    expect(await underlined({ answers: { ...answers, ...over } })).toEqual(['parse(text)']);
  });
});

test.each([
  ['é = f(x)', 5, 9, 'f(x)'],
  ['x = "日本" + g()', 15, 18, 'g()'],
  ['"😀" + h()', 9, 12, 'h()'],
])('columns of %s are bytes of UTF-8', (text, column, endColumn, code) => {
  expect(excerptOf(expression(1, column, endColumn, 1), text)).toBe(code);
});

test('an expression that the text has no room for is none', () => {
  expect(spanOf(expression(1, 90, 95, 1), 'short')).toBeNull();
});

test('a hover names the expressions with their shares of the line', async () => {
  const answer = await hover(await document(), { line: 0, character: ran.indexOf('\n') });
  const { value } = answer!.contents as { value: string };
  expect(value.replaceAll('\u00a0', ' ')).toContain('Asked for by ` parse(text) ` 67 %, ` load(path) ` 33 %');
});

test('code with backticks stays code', () => {
  expect(codeSpan('f("`` `")')).toBe('``` f("`` `") ```');
});

test('other editors are offered figures as hints at the ends of lines', async () => {
  const all = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  expect(inlayHints(await document(), all)).toEqual([
    {
      position: { line: 0, character: 31 },
      label: '60.0\u00a0MB',
      tooltip: "Peak: 60\u00a0% of the program's",
      paddingLeft: true,
    },
  ]);
  expect(inlayHints(await document(), { ...all, start: { line: 1, character: 0 } })).toEqual([]);
});
