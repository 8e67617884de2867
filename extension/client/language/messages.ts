import { commands, type LogOutputChannel, l10n, window } from 'vscode';
import { Command } from '../../shared/contributions';
import type { CrashReport } from './captureServer';

const SHOW_LOG = l10n.t('Show Log');
const RESTART = l10n.t('Restart');

/** What failed, as a sentence with a way to the log; the stack goes there, never to the user. */
export function reportFailure(log: LogOutputChannel): (error: unknown) => void {
  return (error) => {
    log.error(error instanceof Error ? error : String(error));
    const message = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(message, SHOW_LOG).then((choice) => {
      if (choice === SHOW_LOG) log.show();
    });
  };
}

export const crashReport: CrashReport = {
  restarted: () => {
    void offer(
      window.showWarningMessage,
      l10n.t(
        'The language server of AllocLens ended unexpectedly and was started again. Nothing that was recorded is lost.',
      ),
      [SHOW_LOG],
    );
  },
  gaveUp: () => {
    // An error stays on screen until it is answered.
    void offer(
      window.showErrorMessage,
      l10n.t(
        'The language server of AllocLens ended again and again, so figures are not updated any more. Restart it, or see the log for the reason.',
      ),
      [RESTART, SHOW_LOG],
    );
  },
};

type Show = (message: string, ...choices: string[]) => Thenable<string | undefined>;

async function offer(show: Show, message: string, choices: string[]): Promise<void> {
  const choice = await show(message, ...choices);
  if (choice === SHOW_LOG) await commands.executeCommand(Command.ShowLog);
  if (choice === RESTART) await commands.executeCommand(Command.RestartServer);
}
