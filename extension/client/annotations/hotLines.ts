import { l10n, Position, Range, Selection, type TextEditor, TextEditorRevealType, window } from 'vscode';
import { Command, type CommandHandlers, type Location } from '../../shared/contributions';
import type { AnnotatedDocument } from '../../shared/protocol';
import type { Annotations } from './annotations';

/** The figures by keyboard: from one to the next, and what is behind one. */
export function hotLineCommands(
  annotations: Annotations,
  showDetails: (location: Location) => unknown,
): Pick<CommandHandlers, Command.NextHotLine | Command.PreviousHotLine | Command.ShowLineDetails> {
  const lines = (editor: TextEditor) => annotations.of(editor.document)?.lines.map(({ line }) => line) ?? [];
  const step = (forward: boolean) => () => {
    const editor = window.activeTextEditor;
    const next = editor && nextLine(lines(editor), editor.selection.active.line + 1, forward);
    if (editor && next) putCaretAtEnd(editor, next);
    else void window.showInformationMessage(l10n.t('No line of this file has a figure.'));
  };
  return {
    [Command.NextHotLine]: step(true),
    [Command.PreviousHotLine]: step(false),
    [Command.ShowLineDetails]: async (location) => {
      const editor = window.activeTextEditor;
      const place = location?.file ? location : editor && recordedAt(annotations.of(editor.document), editor);
      if (place) await showDetails(place);
      else void window.showInformationMessage(l10n.t('This line has no figure. Next Hot Line leads to one that has.'));
    },
  };
}

/** What the capture calls the line with the caret; null when it has no figure. */
function recordedAt(annotated: AnnotatedDocument | null, editor: TextEditor): Location | null {
  const line = annotated?.lines.find((each) => each.line === editor.selection.active.line + 1);
  return annotated && line ? { file: annotated.file, line: line.recorded } : null;
}

/** The closest line after (before) this one, going round at the file's end; undefined when there is none. */
export function nextLine(sorted: number[], from: number, forward: boolean): number | undefined {
  return forward
    ? (sorted.find((line) => line > from) ?? sorted[0])
    : (sorted.findLast((line) => line < from) ?? sorted.at(-1));
}

/** The line's end is where a hover tells of memory. */
function putCaretAtEnd(editor: TextEditor, line: number): void {
  const end = new Position(line - 1, editor.document.lineAt(line - 1).text.length);
  editor.selection = new Selection(end, end);
  editor.revealRange(new Range(end, end), TextEditorRevealType.InCenterIfOutsideViewport);
}
