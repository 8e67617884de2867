import { basename } from 'node:path';
import { commands, env, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { ExportFormat } from '../../shared/capture';
import { Command, type CommandHandlers } from '../../shared/contributions';
import { measureWords } from '../../shared/measures';
import type { ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import type { CaptureList, ListedCapture } from './captureList';
import { isBranch, rowOf, targetOf } from './captureTree';
import { isRecordedByAnybody } from './recording';

type Handled =
  | Command.RenameCapture
  | Command.PinCapture
  | Command.UnpinCapture
  | Command.DeleteCapture
  | Command.RevealCapture
  | Command.ExportCapture
  | Command.RefreshCaptures;

const FORMATS: { format: ExportFormat; label: string; ending: string; detail: string }[] = [
  { format: 'speedscope', label: 'speedscope', ending: 'speedscope.json', detail: l10n.t('For speedscope.app') },
  { format: 'pprof', label: 'pprof', ending: 'pb.gz', detail: l10n.t('For go tool pprof and what reads its files') },
  {
    format: 'collapsed',
    label: l10n.t('Collapsed stacks'),
    ending: 'folded.txt',
    detail: l10n.t('For flamegraph.pl and its kin'),
  },
  { format: 'csv', label: 'CSV', ending: 'csv', detail: l10n.t('One row for each line of code') },
  { format: 'json', label: 'JSON', ending: 'json', detail: l10n.t('Records, stacks, lines and metadata') },
  { format: 'ndjson', label: 'NDJSON', ending: 'ndjson', detail: l10n.t('The same, one object a line') },
];

/** What can be done with a capture of the list; from the palette the person is asked which one. */
export function captureFileCommands(
  list: CaptureList,
  service: CaptureService,
  shown: ShownCapture,
): Pick<CommandHandlers, Handled> {
  const choose = async (row: unknown, title: string): Promise<ListedCapture | undefined> => {
    if (isBranch(row)) return row.capture;
    await list.known();
    const now = new Date();
    const items = list.captures.map((capture) => {
      const { label, description } = rowOf(capture, false, shown.settings.units, now);
      return { label: `${targetOf(capture)}: ${label}`, description, capture };
    });
    if (items.length === 0) throw new Error(l10n.t('There are no captures in this workspace yet.'));
    return (await window.showQuickPick(items, { title }))?.capture;
  };
  const whileOpen = async (path: string, act: () => Promise<unknown>) => {
    await service.open(path);
    try {
      await act();
    } finally {
      if (shown.last?.path !== path) await service.close(path);
    }
  };
  const on = (title: string, act: (capture: ListedCapture) => unknown) => async (row?: unknown) => {
    const capture = await choose(row, title);
    if (capture) await act(capture);
  };
  return {
    [Command.RenameCapture]: on(l10n.t('Rename Capture'), async ({ file, name = '' }) => {
      const prompt = l10n.t('What this capture is called in the list; its file keeps its name. Empty: its peak.');
      const given = await window.showInputBox({
        title: l10n.t('Rename Capture'),
        value: name,
        prompt,
        ignoreFocusOut: true,
      });
      if (given !== undefined) await list.rename(file.path, given);
    }),
    [Command.PinCapture]: on(l10n.t('Pin Capture'), ({ file }) => list.pin(file.path, true)),
    [Command.UnpinCapture]: on(l10n.t('Unpin Capture'), ({ file }) => list.pin(file.path, false)),
    [Command.DeleteCapture]: on(l10n.t('Delete Capture'), async ({ file, facts, recording }) => {
      const name = basename(file.path);
      // It may have begun since the list was made, by a program that is not known.
      if (recording || (facts === null && isRecordedByAnybody(file.path)))
        throw new Error(l10n.t('{0} is being recorded. Stop its program first.', name));
      const detail = l10n.t("{0} can't be recorded again as it was.", name);
      const answer = await window.showWarningMessage(
        l10n.t('Delete this capture?'),
        { modal: true, detail },
        l10n.t('Delete'),
      );
      if (answer !== l10n.t('Delete')) return;
      await workspace.fs.delete(Uri.file(file.path));
      await list.refresh();
    }),
    [Command.RevealCapture]: on(l10n.t('Reveal Capture'), async ({ file }) => {
      const uri = Uri.file(file.path);
      if (workspace.getWorkspaceFolder(uri)) {
        await commands.executeCommand('revealInExplorer', uri);
      } else if (env.remoteName === undefined && env.appHost === 'desktop') {
        await commands.executeCommand('revealFileInOS', uri);
      } else {
        // The file lies on another machine than the window: there is no file manager to show it.
        await env.clipboard.writeText(file.path);
        void window.showInformationMessage(l10n.t('The path was copied: {0}', file.path));
      }
    }),
    [Command.ExportCapture]: on(l10n.t('Export Capture'), async ({ file }) => {
      const { measure } = shown;
      const title = l10n.t('Export {0} of {1}', measureWords[measure].title, basename(file.path));
      const chosen = await window.showQuickPick(FORMATS, { title, matchOnDetail: true });
      if (!chosen) return;
      const { format } = chosen;
      const proposed = Uri.file(file.path.replace(/\.alloclens$/, `.${chosen.ending}`));
      const target = await window.showSaveDialog({ title, defaultUri: proposed });
      if (!target) return;
      const to = target.fsPath;
      await window.withProgress(
        {
          location: ProgressLocation.Notification,
          title: l10n.t('Exporting to {0}…', basename(to)),
          cancellable: true,
        },
        (_, token) =>
          whileOpen(file.path, () => service.query(file.path, { query: 'export', format, measure, to }, token)),
      );
      const open = await window.showInformationMessage(l10n.t('Exported to {0}.', to), l10n.t('Open'));
      if (open) await commands.executeCommand('vscode.open', target);
    }),
    [Command.RefreshCaptures]: () => list.refresh(),
  };
}
