import { basename } from 'node:path';
import { l10n, type QuickPickItem, window } from 'vscode';
import { Command, type CommandHandlers, captureExtension } from '../../shared/contributions';
import type { ListedCapture } from '../capturesView/captureList';
import { isBranch, rowOf, targetOf } from '../capturesView/captureTree';
import { sinceTitle } from './comparison';
import { previousRun } from './previousRun';
import { captureTitle, type ShownCapture } from './shownCapture';

/** The captures of this workspace, as the side bar lists them. */
export interface ListedCaptures {
  readonly captures: readonly ListedCapture[];
  /** Resolves when they have been looked for. */
  known(): Promise<void>;
}

/** Two captures side by side: the shown one, and one that was recorded before. */
export function compareCommands(
  shown: ShownCapture,
  list: ListedCaptures,
): Pick<CommandHandlers, Command.Compare | Command.CompareWithPrevious | Command.StopComparing> {
  return {
    [Command.Compare]: async (row) => {
      await list.known();
      const given = isBranch(row) ? row.capture.file.path : typeof row === 'string' ? row : undefined;
      // The row of what is shown: there is one to compare it with that nobody needs to look for.
      const own = given !== undefined && (given === shown.last?.path || !shown.last);
      if (given !== undefined && !shown.last) await shown.open(given);
      const path = own
        ? (previousOf(shown, list)?.file.path ?? (await askForOther(shown, list)))
        : (given ?? (await askForOther(shown, list)));
      if (path !== undefined) await shown.compareWith(path);
    },
    [Command.CompareWithPrevious]: async () => {
      await list.known();
      const previous = previousOf(shown, list);
      if (!previous)
        throw new Error(l10n.t('There is no earlier run of this program to compare with. Run it once more.'));
      await shown.compareWith(previous.file.path);
    },
    [Command.StopComparing]: () => shown.stopComparing(),
  };
}

export function previousOf({ last }: ShownCapture, { captures }: ListedCaptures): ListedCapture | null {
  return last && previousRun(captures, last);
}

/** When the run before was recorded: "14:21"; null when there is none. */
export function previousTitle(shown: ShownCapture, list: ListedCaptures): string | null {
  const previous = previousOf(shown, list);
  if (!previous || !shown.last) return null;
  const start = { start_time_ms: previous.facts?.startTimeMs ?? previous.file.modified };
  return sinceTitle(start, shown.last.summary);
}

interface Choice extends QuickPickItem {
  path?: string;
}

/** Those of the same program first. */
async function askForOther(shown: ShownCapture, { captures }: ListedCaptures): Promise<string | undefined> {
  const { last, settings } = shown;
  const target = last && basename(last.summary.target.name);
  const now = new Date();
  const items: Choice[] = captures
    .filter(({ file, defect }) => file.path !== last?.path && defect === null)
    .map((capture) => {
      const { label, description, icon } = rowOf(capture, false, settings.units, now);
      const name = targetOf(capture);
      return { name, item: { label: `$(${icon}) ${name} · ${label}`, description, path: capture.file.path } };
    })
    .sort((a, b) => Number(b.name === target) - Number(a.name === target))
    .map(({ item }) => item);
  const chosen = await window.showQuickPick<Choice>([...items, { label: `$(folder-opened) ${l10n.t('Browse…')}` }], {
    title: last ? l10n.t('Compare the Capture of {0} with…', captureTitle(last.summary)) : l10n.t('Compare with…'),
    placeHolder: l10n.t('Of the two, the later is shown and the earlier is what it is compared with'),
  });
  if (!chosen) return undefined;
  if (chosen.path !== undefined) return chosen.path;
  const files = await window.showOpenDialog({
    title: l10n.t('Compare with…'),
    openLabel: l10n.t('Compare'),
    filters: { [l10n.t('Captures')]: [captureExtension] },
  });
  return files?.[0]?.fsPath;
}
