import type { FileLine } from '../shared/capture';
import { allocationsOf, bytesOf } from '../shared/measures';
import type { AnnotatedDocument, AnnotatedLine, Shown } from '../shared/protocol';
import type { ShownDocument } from './shownDocument';

/** More figures than this on one file would slow the editor and help nobody; the hottest stay. */
const MAX_LINES = 300;

/** Whatever its share, less than this on a line is noise, unless the user set the threshold to 0. */
const MIN_BYTES = 100_000;

/** The figures of a document's lines where they are now, those worth showing, in the order of lines. */
export function annotatedLines(document: ShownDocument): AnnotatedLine[] {
  const { shown, summary, mapping, uncertain } = document;
  const total = bytesOf(summary, shown.measure);
  const lines = new Map<number, AnnotatedLine>();
  for (const recorded of document.lines) {
    const place = mapping.find(recorded.line);
    if (!place) continue;
    const figures = recorded[shown.attribution];
    const line = lines.get(place.line) ?? { line: place.line, bytes: 0, allocations: 0, share: 0, stale: false };
    line.bytes += bytesOf(figures, shown.measure);
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

export async function annotate(document: ShownDocument): Promise<AnnotatedDocument> {
  const lines = annotatedLines(document);
  return {
    uri: document.text.uri,
    version: document.text.version,
    lines,
    hottest_bytes: await document.capture.hottestBytes(document.shown.measure),
    stale_lines: lines.filter((line) => line.stale).length,
    changed_share: document.mapping.changedShare,
    uncertain: document.uncertain,
  };
}

/** The recorded line whose figures stand at a line of the document now, if it is shown. */
export function shownLine(
  document: ShownDocument,
  line: number,
): { annotated: AnnotatedLine; recorded: FileLine } | null {
  const annotated = annotatedLines(document).find((candidate) => candidate.line === line);
  const recorded = document.lines
    .filter((candidate) => document.mapping.find(candidate.line)?.line === line)
    .sort(
      (a, b) =>
        bytesOf(b[document.shown.attribution], document.shown.measure) -
        bytesOf(a[document.shown.attribution], document.shown.measure),
    )[0];
  return annotated && recorded ? { annotated, recorded } : null;
}

function isWorthShowing(line: AnnotatedLine, { lineThreshold }: Shown): boolean {
  if (lineThreshold === 0) return line.bytes > 0;
  return line.share * 100 >= lineThreshold && line.bytes >= MIN_BYTES;
}
