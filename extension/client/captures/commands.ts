import { commands, Uri, window } from 'vscode';
import type { Measure } from '../../shared/capture';
import { Command, type CommandHandlers, captureExtension } from '../../shared/contributions';
import { bytesOf, measures, measureWords } from '../../shared/measures';
import { formatBytes } from '../../shared/units';
import { isBranch } from '../capturesView/captureTree';
import type { CaptureService } from '../language/captureService';
import { revealLocation } from './revealLocation';
import type { ShownCapture } from './shownCapture';

/** Commands that change what is shown. */
export function captureCommands(
  shown: ShownCapture,
  service: CaptureService,
): Pick<
  CommandHandlers,
  Command.OpenCapture | Command.ShowFigures | Command.ClearFigures | Command.ChooseMeasure | Command.RevealLocation
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
    [Command.ChooseMeasure]: async (measure) => {
      const chosen = measure ?? (await askForMeasure(shown));
      if (chosen) await shown.setMeasure(chosen);
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
    title: 'Open Capture',
    openLabel: 'Open Capture',
    filters: { Captures: [captureExtension] },
  });
  return chosen?.[0]?.fsPath;
}

async function askForMeasure(shown: ShownCapture): Promise<Measure | undefined> {
  const summary = shown.last?.summary;
  const items = measures.map((measure) => ({
    measure,
    label: `${measureWords[measure].symbol} ${measureWords[measure].title}`,
    description: summary ? formatBytes(bytesOf(summary, measure), shown.settings.units) : '',
    detail: measureWords[measure].meaning,
    picked: measure === shown.measure,
  }));
  const chosen = await window.showQuickPick(items, { title: 'Choose Measure', placeHolder: 'What figures count' });
  return chosen?.measure;
}
