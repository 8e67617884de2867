import type { AnnotatedLine } from '../../shared/protocol';

/** A change of a document as VS Code tells it: 0-based lines of the text before, and what stands there now. */
export interface LineChange {
  range: { start: { line: number }; end: { line: number } };
  text: string;
}

/**
 * Figures after lines were put in or taken out, until the server has looked at the new text. VS Code's own idea, which
 * moves a figure down with the line end that is typed before it, would leave it at another line's code.
 *
 * `inIndentation`: nothing but white space stands before the change, so what is left of the last line is that line.
 */
export function shiftLines(lines: AnnotatedLine[], change: LineChange, inIndentation: boolean): AnnotatedLine[] {
  const [first, last] = [change.range.start.line + 1, change.range.end.line + 1];
  const delta = change.text.split('\n').length - 1 - (last - first);
  const survivor = inIndentation ? last : first;
  return lines
    .filter(({ line }) => line < first || line > last || line === survivor)
    .map((line) =>
      line.line > last || (line.line === last && inIndentation) ? { ...line, line: line.line + delta } : line,
    );
}
