import { commands, l10n, window, workspace } from 'vscode';

const MANAGE = l10n.t('Manage Workspace Trust');

/** Profiling runs code of the folder, on Linux. When that is not so, says what to do, and is false. */
export function mayRunPrograms(platform = process.platform): boolean {
  if (platform !== 'linux') {
    void window.showErrorMessage(foreignSystem(platform));
    return false;
  }
  if (workspace.isTrusted) return true;
  void window
    .showErrorMessage(l10n.t('Profiling runs the program, and this folder is not trusted. Trust it first.'), MANAGE)
    .then((choice) => choice && commands.executeCommand('workbench.trust.manage'));
  return false;
}

function foreignSystem(platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? l10n.t('On Windows, open this folder in WSL or in a dev container to profile it: programs are recorded on Linux.')
    : l10n.t('Open this folder in a dev container to profile it: programs are recorded on Linux.');
}
