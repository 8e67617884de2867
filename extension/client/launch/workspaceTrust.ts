import { commands, l10n, window, workspace } from 'vscode';

const MANAGE = l10n.t('Manage Workspace Trust');

/** Profiling runs code of the folder. When that is not trusted, says so, and is false. */
export function mayRunPrograms(): boolean {
  if (workspace.isTrusted) return true;
  void window
    .showErrorMessage(l10n.t('Profiling runs the program, and this folder is not trusted. Trust it first.'), MANAGE)
    .then((choice) => choice && commands.executeCommand('workbench.trust.manage'));
  return false;
}
