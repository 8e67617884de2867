import { commands, l10n, type QuickPickItem, QuickPickItemKind, Uri, window } from 'vscode';
import { noRangesText } from '../../shared/aggregate';
import type { Attribution, Measure } from '../../shared/capture';
import { Command, type CommandHandlers, captureExtension } from '../../shared/contributions';
import { attributions, attributionWords, bytesOf, measures, measureWords } from '../../shared/measures';
import type { TimeRange } from '../../shared/panel';
import { formatBytes, formatRange } from '../../shared/units';
import { isBranch } from '../capturesView/captureTree';
import type { CaptureService } from '../language/captureService';
import { askForRegion } from './regions';
import { revealLocation } from './revealLocation';
import type { ShownCapture } from './shownCapture';

/** Commands that change what is shown. */
export function captureCommands(
  shown: ShownCapture,
  service: CaptureService,
): Pick<
  CommandHandlers,
  | Command.OpenCapture
  | Command.ShowFigures
  | Command.ClearFigures
  | Command.ToggleFigures
  | Command.ToggleFileFigures
  | Command.ChooseMeasure
  | Command.ChooseRange
  | Command.ChooseRegion
  | Command.Mark
  | Command.RevealLocation
> {
  const open = async (capture?: unknown) => {
    const path = pathOf(capture) ?? (await askForCapture());
    if (path !== undefined && (await shown.open(path))) await commands.executeCommand(Command.OpenFlameGraph);
  };
  return {
    [Command.OpenCapture]: open,
    [Command.ShowFigures]: async () => {
      if (!(await shown.showAgain())) await open();
    },
    [Command.ClearFigures]: () => shown.clear(),
    [Command.ToggleFigures]: async () => {
      if (shown.current) await shown.clear();
      else if (!(await shown.showAgain())) await open();
    },
    [Command.ToggleFileFigures]: async () => {
      const editor = window.activeTextEditor;
      if (editor) await shown.toggleDocument(editor.document.uri.toString());
    },
    [Command.ChooseMeasure]: async (measure) => {
      const chosen: Omit<Choice, 'label'> | undefined = measure ? { measure } : await askForMeasure(shown);
      if (chosen?.measure) await shown.setMeasure(chosen.measure);
      if (chosen?.attribution) await shown.setAttribution(chosen.attribution);
    },
    [Command.ChooseRange]: async () => {
      if (shown.last?.summary.aggregate) throw new Error(noRangesText());
      const chosen = await askForRange(shown);
      if (chosen) await shown.setRange(chosen.range);
    },
    [Command.ChooseRegion]: async (given) => {
      const { last, measure, range, region, settings } = shown;
      if (!last) throw new Error(l10n.t('No capture is open. Profile a file or open a capture first.'));
      const { path } = last;
      const asked = { path, measure, range, region, units: settings.units };
      const chosen = given === undefined ? await askForRegion(service, asked) : given;
      if (chosen !== undefined && shown.last?.path === path) await shown.setRegion(chosen);
    },
    [Command.Mark]: async () => {
      if (!(await shown.mark())) throw new Error(l10n.t('No program is running, so there is nothing to mark.'));
    },
    [Command.RevealLocation]: (location) => revealLocation(location, service, shown.last?.path ?? null),
  };
}

/** Menus pass a URI or a row of the captures view, links and other extensions a path. */
function pathOf(capture: unknown): string | undefined {
  if (isBranch(capture)) return capture.capture.file.path;
  if (capture instanceof Uri) return capture.fsPath;
  return typeof capture === 'string' ? capture : undefined;
}

async function askForCapture(): Promise<string | undefined> {
  const chosen = await window.showOpenDialog({
    title: l10n.t('Open Capture'),
    openLabel: l10n.t('Open Capture'),
    filters: { [l10n.t('Captures')]: [captureExtension], [l10n.t('Captures of memray')]: ['bin'] },
  });
  return chosen?.[0]?.fsPath;
}

interface Choice extends QuickPickItem {
  measure?: Measure;
  attribution?: Attribution;
}

/** What figures count and, below, which line gets them: one list, and one choice from it. */
async function askForMeasure(shown: ShownCapture): Promise<Choice | undefined> {
  const { totals, settings } = shown;
  const current = (is: boolean) => (is ? '$(check) ' : '$(blank) ');
  const items: Choice[] = [
    { label: l10n.t('What figures count'), kind: QuickPickItemKind.Separator },
    ...measures.map((measure) => ({
      measure,
      label: `${current(measure === shown.measure)}${measureWords[measure].symbol} ${measureWords[measure].title}`,
      description: totals ? formatBytes(bytesOf(totals, measure), settings.units) : '',
      detail: `$(blank) ${measureWords[measure].meaning}`,
    })),
    { label: l10n.t('Which line gets the bytes'), kind: QuickPickItemKind.Separator },
    ...attributions.map((attribution) => ({
      attribution,
      label: `${current(attribution === shown.attribution)}${attributionWords[attribution].title}`,
      detail: `$(blank) ${attributionWords[attribution].meaning}`,
    })),
  ];
  return window.showQuickPick(items, {
    title: l10n.t('Choose Measure'),
    placeHolder: l10n.t('Lenses and graphs always count callees'),
  });
}

/** The whole run, or what came after one of the marks. A range of the timeline is chosen there. */
async function askForRange(shown: ShownCapture): Promise<{ range: TimeRange | null } | undefined> {
  const items = [
    { label: l10n.t('Whole Run'), range: null },
    ...shown.marks
      .map((seconds) => ({ label: l10n.t('Mark: {0}', formatRange(seconds, null)), range: { from_s: seconds } }))
      .reverse(),
  ];
  return window.showQuickPick(items, {
    title: l10n.t('Choose Range'),
    placeHolder: l10n.t('Figures are of what happened in it'),
  });
}
