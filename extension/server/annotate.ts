import { allocationsOf, bytesOf } from '../shared/measures';
import type { AnnotatedDocument, AnnotatedLine, Shown } from '../shared/protocol';
import { expressionsOf, spanOf } from './expressions';
import { splitLines } from './lineMapping';
import type { ShownDocument } from './shownDocument';

/** More figures than this on one file would slow the editor and help nobody; the hottest stay. */
const MAX_LINES = 300;

/** Whatever its share, less than this on a line is noise, unless the user set the threshold to 0. */
const MIN_BYTES = 100_000;

const nothing = { bytes: 0, allocations: 0, share: 0, stale: false };

/** The figures of a document's lines where they are now, those worth showing, in the order of lines. */
export function annotatedLines(document: ShownDocument): AnnotatedLine[] {
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
  return [...lines.values()]
    .filter((line) => isWorthShowing(line, shown))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_LINES)
    .sort((a, b) => a.line - b.line);
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

function isWorthShowing(line: AnnotatedLine, { lineThreshold }: Shown): boolean {
  if (lineThreshold === 0) return line.bytes > 0;
  return line.share * 100 >= lineThreshold && line.bytes >= MIN_BYTES;
}
