import { allocationsOf, bytesOf } from '../shared/measures';
import type { AnnotatedDocument, AnnotatedLine, Shown } from '../shared/protocol';
import { expressionsOf, spanOf } from './expressions';
import { type LineMapping, splitLines } from './lineMapping';
import type { ShownDocument } from './shownDocument';

/** More figures than this on one file would slow the editor and help nobody; the hottest stay. */
const MAX_LINES = 300;

/** Whatever its share, less than this on a line is noise, unless the user set the threshold to 0. */
const MIN_BYTES = 100_000;

const nothing = { bytes: 0, allocations: 0, share: 0, stale: false };

/** The figures of a document's lines where they are now, those worth showing, in the order of lines. */
export function annotatedLines(document: ShownDocument): AnnotatedLine[] {
  const { shown, baseSummary } = document;
  const worth = baseSummary
    ? isWorthComparing(shown, Math.max(...[document.summary, baseSummary].map((each) => bytesOf(each, shown.measure))))
    : (line: AnnotatedLine) => isWorthShowing(line, shown);
  return [...linesWithFigures(document).values()]
    .filter(worth)
    .sort((a, b) => weightOf(b) - weightOf(a))
    .slice(0, MAX_LINES)
    .sort((a, b) => a.line - b.line);
}

/** By line of the document. */
function linesWithFigures(document: ShownDocument): Map<number, AnnotatedLine> {
  const { shown, summary, mapping, uncertain } = document;
  const total = bytesOf(summary, shown.measure);
  const lines = new Map<number, AnnotatedLine>();
  for (const recorded of document.lines) {
    const place = mapping.find(recorded.line);
    if (!place) continue;
    const figures = recorded[shown.attribution];
    const bytes = bytesOf(figures, shown.measure);
    const line = lines.get(place.line) ?? { ...nothing, line: place.line, recorded: recorded.line };
    if (bytes > line.bytes) line.recorded = recorded.line;
    line.bytes += bytes;
    line.allocations += allocationsOf(figures, shown.measure);
    line.share = total > 0 ? line.bytes / total : 0;
    line.stale ||= place.stale || uncertain;
    lines.set(place.line, line);
  }
  if (document.baseSummary) addBase(document, lines);
  return lines;
}

/** What lines had before, also those that have nothing now. Of a line that was edited between the runs, too. */
function addBase(
  { shown, base, recorded, mapping, uncertain }: ShownDocument,
  lines: Map<number, AnnotatedLine>,
): void {
  for (const line of lines.values()) line.base_bytes = 0;
  let recordedAt: Map<number, number> | null = null;
  for (const before of base?.lines ?? []) {
    const place = base?.mapping.find(before.line);
    const bytes = bytesOf(before[shown.attribution], shown.measure);
    if (!place || bytes === 0) continue;
    let line = lines.get(place.line);
    if (!line) {
      recordedAt ??= inverse(mapping, recorded);
      const number = recordedAt.get(place.line);
      // It came into the text after the shown run.
      if (number === undefined) continue;
      const stale = (mapping.find(number)?.stale ?? false) || uncertain;
      line = { ...nothing, base_bytes: 0, line: place.line, recorded: number, stale };
      lines.set(place.line, line);
    }
    line.base_bytes = (line.base_bytes ?? 0) + bytes;
  }
}

/** Recorded lines by where they are now. */
function inverse(mapping: LineMapping, recorded: string | null): Map<number, number> {
  const lines = new Map<number, number>();
  const count = recorded === null ? 0 : splitLines(recorded).length;
  for (let line = 1; line <= count; line++) {
    const place = mapping.find(line);
    if (place) lines.set(place.line, line);
  }
  return lines;
}

/** Of a comparison, by how much it changed. */
function weightOf({ bytes, base_bytes }: AnnotatedLine): number {
  return base_bytes === undefined ? bytes : Math.abs(bytes - base_bytes);
}

/** The same with what of each line allocated most, of those whose text is the one that ran. */
function withExpressions(document: ShownDocument): AnnotatedLine[] {
  const lines = annotatedLines(document);
  if (document.expressions.length === 0) return lines;
  const texts = splitLines(document.text.text);
  return lines.map((line) => {
    const [most] = line.stale ? [] : expressionsOf(document.expressions, line.recorded, document.shown);
    const expression = most && spanOf(most, texts[line.line - 1] ?? '');
    return expression ? { ...line, expression } : line;
  });
}

export async function annotate(document: ShownDocument): Promise<AnnotatedDocument> {
  const lines = withExpressions(document);
  return {
    uri: document.text.uri,
    file: document.file,
    version: document.text.version,
    lines,
    hottest_bytes: await document.capture.hottestBytes(document.shown),
    stale_lines: lines.filter((line) => line.stale).length,
    changed_share: document.mapping.changedShare,
    uncertain: document.uncertain,
  };
}

/** The figures at a line of the document as it is now, if they are shown. */
export function shownLine(document: ShownDocument, line: number): AnnotatedLine | null {
  return annotatedLines(document).find((candidate) => candidate.line === line) ?? null;
}

/** What is as it was needs no figure. */
function isWorthComparing({ lineThreshold }: Shown, total: number): (line: AnnotatedLine) => boolean {
  return (line) => {
    const change = weightOf(line);
    if (lineThreshold === 0) return change > 0;
    return change * 100 >= lineThreshold * total && change >= MIN_BYTES;
  };
}

function isWorthShowing(line: AnnotatedLine, { lineThreshold }: Shown): boolean {
  if (lineThreshold === 0) return line.bytes > 0;
  return line.share * 100 >= lineThreshold && line.bytes >= MIN_BYTES;
}
