import { PVSC_EXTENSION_ID, PythonExtension } from '@vscode/python-extension';
import { commands, extensions, type LogOutputChannel, l10n, type WorkspaceFolder } from 'vscode';
import { Setting } from '../../shared/contributions';

/** What is selected in the Python extension; undefined when that is not installed or nothing usable is selected. */
export async function selectedInterpreter(
  folder: WorkspaceFolder | undefined,
  log: LogOutputChannel,
): Promise<string | undefined> {
  if (!hasPythonExtension()) return undefined;
  try {
    const { environments } = await PythonExtension.api();
    const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
    return environment?.executable.uri?.fsPath;
  } catch (error) {
    log.warn(`The Python extension did not say which interpreter is selected: ${error}`);
    return undefined;
  }
}

/** Where a person changes the interpreter: what to call it, and how to get there. */
export function interpreterChoice(): { label: string; open: () => Thenable<unknown> } {
  return hasPythonExtension()
    ? { label: l10n.t('Select Interpreter'), open: () => commands.executeCommand('python.setInterpreter') }
    : {
        label: l10n.t('Open Settings'),
        open: () => commands.executeCommand('workbench.action.openSettings', Setting.Python),
      };
}

function hasPythonExtension(): boolean {
  return extensions.getExtension(PVSC_EXTENSION_ID) !== undefined;
}
