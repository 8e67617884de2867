/** What stands at the end of each line: pure data, drawn by annotations.ts. Widths are in columns (ch). */
import { type HeatLevel, heatLevel } from '../../shared/heat';
import type { AnnotatedDocument, AnnotatedLine, TextSpan } from '../../shared/protocol';
import { formatBytes, formatChange, type Units } from '../../shared/units';
import { visualWidth } from './visualWidth';

export interface LineFigure {
  /** 1-based. */
  line: number;
  /** What of the line allocated, when that is known: UTF-16 columns. */
  expression: TextSpan | null;
  style: `heat${HeatLevel}` | 'grew' | 'shrank' | 'stale';
  /** Right-aligned by no-break spaces: "  200.1 MB". */
  text: string;
  /** Between the code and the figure. */
  gap: number;
  bar: number;
}

/** Of the text as it is now. */
export interface LineTexts {
  textAt(line: number): string;
  lineCount: number;
  tabSize: number;
}

const FIGURE_WIDTH = 9;
const GAP = 2;
/** The figures' column lies between these and on a multiple of the step, so that it stays put while one types. */
const COLUMN = { min: 32, max: 76, step: 4 };
const BAR = { max: 7, min: 0.3, step: 0.25 };

/** Of a figure in a tick, to be worth an arrow. */
const MIN_GROWTH = 0.01;

/** `before`: the figures of the last tick of a program that runs; those that grew since have an arrow. */
export function lineFigures(
  document: AnnotatedDocument,
  texts: LineTexts,
  units: Units,
  before: AnnotatedDocument | null = null,
): LineFigure[] {
  const lines = document.lines.filter(({ line }) => line >= 1 && line <= texts.lineCount);
  const widths = new Map(lines.map(({ line }) => [line, visualWidth(texts.textAt(line), texts.tabSize)]));
  const column = figureColumn([...widths.values()]);
  const bytesBefore = new Map(before?.lines.map(({ recorded, bytes }) => [recorded, bytes]));
  return lines.map((annotated) => ({
    line: annotated.line,
    expression: annotated.expression ?? null,
    style: styleOf(annotated),
    text: `${figureText(annotated, units)}${before ? arrow(annotated, bytesBefore) : ''}`,
    gap: Math.max(column - (widths.get(annotated.line) ?? 0), 0) + GAP,
    bar: barWidth(Math.abs(changeOf(annotated) ?? annotated.bytes), document.hottest_bytes),
  }));
}

function styleOf(line: AnnotatedLine): LineFigure['style'] {
  const change = changeOf(line);
  if (line.stale) return 'stale';
  return change === null ? `heat${heatLevel(line.share)}` : change > 0 ? 'grew' : 'shrank';
}

/** Null when nothing is compared. */
function changeOf({ bytes, base_bytes }: AnnotatedLine): number | null {
  return base_bytes === undefined ? null : bytes - base_bytes;
}

/** Column after which figures begin: that of the longest line with a figure, within bounds. */
export function figureColumn(widths: number[]): number {
  const longest = Math.min(Math.max(...widths, COLUMN.min), COLUMN.max);
  return Math.ceil(longest / COLUMN.step) * COLUMN.step;
}

/** Linear in bytes, the same scale in all files. Rounded, so that the same widths repeat and share a style rule. */
export function barWidth(bytes: number, hottestBytes: number): number {
  if (hottestBytes <= 0) return BAR.min;
  const width = Math.min(bytes / hottestBytes, 1) * BAR.max;
  return Math.max(Math.round(width / BAR.step) * BAR.step, BAR.min);
}

function arrow({ recorded, bytes }: AnnotatedLine, before: Map<number, number>): string {
  const last = before.get(recorded);
  return last !== undefined && bytes >= last * (1 + MIN_GROWTH) ? '↑' : '\u00a0';
}

function figureText(line: AnnotatedLine, units: Units): string {
  const change = changeOf(line);
  const figure = change === null ? formatBytes(line.bytes, units) : formatChange(change, units);
  return `${line.stale ? '~' : ''}${figure}`.padStart(FIGURE_WIDTH, '\u00a0');
}
