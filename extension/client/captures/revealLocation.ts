import { Range, Selection, TextEditorRevealType, Uri, ViewColumn, window, workspace } from 'vscode';
import type { Location } from '../../shared/contributions';
import type { CaptureService } from '../language/captureService';
import type { ShownCapture } from './shownCapture';

export interface RevealOptions {
  /** Leaves the keyboard where it is. */
  preserveFocus?: boolean;
  /** Moves the caret too, not the view alone; the default. */
  select?: boolean;
}

/**
 * Shows a line that a capture names, where it is now if the file was edited since, in the editor that has the
 * file already, else beside the panel. Rejects with a sentence when the file is not there.
 */
export async function revealLocation(
  { file, line }: Location,
  service: CaptureService,
  shown: ShownCapture,
  { preserveFocus = false, select = true }: RevealOptions = {},
): Promise<void> {
  const uri = Uri.file(file);
  const document = await Promise.resolve(workspace.openTextDocument(uri)).catch(() => {
    throw new Error(`${file} can't be opened, so its line ${line} can't be shown. Was it moved or deleted?`);
  });
  const now = shown.last ? await service.locate(shown.last.path, uri.toString(), line) : line;
  const visible = window.visibleTextEditors.find((editor) => editor.document === document);
  const viewColumn = (visible ?? window.visibleTextEditors[0])?.viewColumn ?? ViewColumn.One;
  const editor = await window.showTextDocument(document, { viewColumn, preserveFocus, preview: !visible });
  const start = document.validatePosition(new Range(now - 1, 0, now - 1, 0).start);
  if (select) editor.selection = new Selection(start, start);
  editor.revealRange(new Range(start, start), TextEditorRevealType.InCenterIfOutsideViewport);
}
