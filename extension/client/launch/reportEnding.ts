import { commands, l10n, window } from 'vscode';
import type { ShownCapture } from '../captures/shownCapture';
import type { StoppedRuns } from '../captures/stoppedRuns';
import { interpreterChoice } from './selectedInterpreter';
import type { EndedRun } from './session/profileSession';

const SHOW_OUTPUT = l10n.t('Show Output');

/** Shows what was recorded, and tells of a run that went wrong. */
export async function reportEnding(
  { ending, launch, capture }: EndedRun,
  shown: ShownCapture,
  stopped: StoppedRuns,
): Promise<void> {
  if (capture !== null && ending.stopped) await stopped.add(capture, ending.sentence);
  // Another run that goes on, and is looked at, stays.
  const elsewhere = shown.current?.live === true && shown.current.path !== capture;
  const opened = capture === null || elsewhere ? null : await shown.open(capture);
  if (!ending.failed) return;
  const more = ending.cutShort && opened ? ` ${l10n.t('The capture up to that point is shown.')}` : '';
  const interpreter = interpreterChoice();
  const choices = ending.interpreterRefused ? [interpreter.label] : [SHOW_OUTPUT];
  const choice = await window.showErrorMessage(ending.sentence + more, ...choices);
  if (choice === interpreter.label) await interpreter.open();
  if (choice === SHOW_OUTPUT) {
    const internal = launch.console === 'internalConsole';
    await commands.executeCommand(internal ? 'workbench.debug.action.focusRepl' : 'workbench.action.terminal.focus');
  }
}
