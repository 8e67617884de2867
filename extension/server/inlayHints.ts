import type { InlayHint, Range } from 'vscode-languageserver';
import { measureWords } from '../shared/measures';
import { t } from '../shared/translate';
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
        ? t('Edited since the capture of {0}; figures are for the old text.', shown.title)
        : t("{0}: {1} of the program's", measureWords[shown.measure].title, formatShare(share)),
      paddingLeft: true,
    }));
}
