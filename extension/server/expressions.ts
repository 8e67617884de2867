/** Which part of a line allocated most, and how to write it down. */
import type { ExpressionRow } from '../shared/capture';
import { bytesOf } from '../shared/measures';
import type { Shown, TextSpan } from '../shared/protocol';

/** An expression in a hover is cut to so many characters. */
const LONGEST = 60;

/** Expressions of a recorded line that have bytes of the measure, most first. */
export function expressionsOf(rows: readonly ExpressionRow[], line: number, shown: Shown): ExpressionRow[] {
  const bytes = (row: ExpressionRow) => bytesOf(row[shown.attribution], shown.measure);
  return rows.filter((row) => row.line === line && bytes(row) > 0).sort((a, b) => bytes(b) - bytes(a));
}

/** Where an expression stands in the text of its first line; null when it can't be there. */
export function spanOf(row: ExpressionRow, text: string): TextSpan | null {
  const start = utf16Column(text, row.column);
  const end = row.end_line > row.line ? text.trimEnd().length : utf16Column(text, row.end_column);
  return start < end ? { start, end } : null;
}

/** An expression as it is to be read: one line, not too long. */
export function excerptOf(row: ExpressionRow, text: string): string {
  const span = spanOf(row, text);
  if (!span) return '';
  const code = text.slice(span.start, span.end);
  if (code.length > LONGEST) return `${code.slice(0, LONGEST - 1)}…`;
  return row.end_line > row.line ? `${code} …` : code;
}

/** CPython counts bytes of UTF-8, editors units of UTF-16. */
function utf16Column(text: string, bytes: number): number {
  // A line of ASCII, as nearly all are, has as many of the one as of the other.
  let left = bytes;
  let column = 0;
  while (left > 0 && column < text.length) {
    const point = text.codePointAt(column)!;
    left -= point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    column += point < 0x10000 ? 1 : 2;
  }
  return column;
}
