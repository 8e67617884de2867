import { l10n, Range, Selection, TextEditorRevealType, Uri, ViewColumn, window, workspace } from 'vscode';
import type { Location } from '../../shared/contributions';
import { toLocal } from '../../shared/pathMappings';
import type { CaptureService } from '../language/captureService';
import { pathMappings } from './pathMappings';

export interface RevealOptions {
  /** Leaves the keyboard where it is. */
  preserveFocus?: boolean;
  /** Moves the caret too, not the view alone; the default. */
  select?: boolean;
  /** In a new editor group, even if the file is open already. */
  beside?: boolean;
  /** The column that asks, which is not to be covered. */
  from?: ViewColumn | undefined;
}

/**
 * Shows a line that a capture names (by its path), where it is now if the file was edited since, in the editor that
 * has the file already, else beside the panel. Rejects with a sentence when the file is not there.
 */
export async function revealLocation(
  { file, line }: Location,
  service: CaptureService,
  capture: string | null,
  { preserveFocus = false, select = true, beside = false, from }: RevealOptions = {},
): Promise<void> {
  const uri = Uri.file(toLocal(file, pathMappings()));
  const document = await Promise.resolve(workspace.openTextDocument(uri)).catch(() => {
    throw new Error(
      l10n.t(
        "{0} can't be opened, so its line {1} can't be shown. Was it moved or deleted? If the program ran in a container or on another machine, set alloclens.pathMappings.",
        uri.fsPath,
        line,
      ),
    );
  });
  const now = capture === null ? line : await service.locate(capture, file, uri.toString(), line);
  const visible = window.visibleTextEditors.find((editor) => editor.document === document);
  const other = window.visibleTextEditors.find(({ viewColumn }) => viewColumn !== undefined && viewColumn !== from);
  const free = (visible ?? other)?.viewColumn ?? (from === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One);
  const viewColumn = beside ? ViewColumn.Beside : free;
  const editor = await window.showTextDocument(document, { viewColumn, preserveFocus, preview: !visible && !beside });
  const start = document.validatePosition(new Range(now - 1, 0, now - 1, 0).start);
  if (select) editor.selection = new Selection(start, start);
  editor.revealRange(new Range(start, start), TextEditorRevealType.InCenterIfOutsideViewport);
}
