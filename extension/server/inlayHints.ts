import type { InlayHint, Range } from 'vscode-languageserver';
import { measureWords } from '../shared/measures';
import { formatBytes, formatShare } from '../shared/units';
import { annotatedLines } from './annotate';
import type { ShownDocument } from './shownDocument';

/** Figures at the ends of lines, for editors that draw none by themselves. */
export function inlayHints(document: ShownDocument, { start, end }: Range): InlayHint[] {
  const { shown } = document;
  const texts = document.text.text.split('\n');
  return annotatedLines(document)
    .filter(({ line }) => line - 1 >= start.line && line - 1 <= end.line)
    .map(({ line, bytes, share, stale }) => ({
      position: { line: line - 1, character: (texts[line - 1] ?? '').replace(/\r$/, '').length },
      label: `${stale ? '~' : ''}${formatBytes(bytes, shown.units)}`,
      tooltip: stale
        ? `Edited since the capture of ${shown.title}; figures are for the old text.`
        : `${measureWords[shown.measure].title}: ${formatShare(share)} of the program's`,
      paddingLeft: true,
    }));
}
