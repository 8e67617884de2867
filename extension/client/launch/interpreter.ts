/** Which Python runs the program: the first that was chosen, else the first that is found. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { l10n } from 'vscode';
import { absolute } from './resolveLaunch';

export interface InterpreterSources {
  /** "python" of the launch configuration. */
  configured: string | undefined;
  /** Setting `alloclens.python`. */
  setting: string | undefined;
  /** What is selected in the Python extension; undefined when it is not installed or nothing is selected. */
  selected: () => Promise<string | undefined>;
  /** Folder of the workspace. */
  folder: string | undefined;
  home: string;
  /** The variable PATH. */
  path: string;
}

export interface NoInterpreter {
  message: string;
  /** Where the choice was made that can't be followed. */
  origin: 'configured' | 'setting' | 'selected' | 'none';
}

/** What somebody chose is taken or refused with a sentence, never passed over in silence. */
export async function chooseInterpreter(sources: InterpreterSources): Promise<string | NoInterpreter> {
  const { configured, setting, folder } = sources;
  if (configured) return follow(configured, 'configured', sources);
  if (setting) return follow(setting, 'setting', sources);
  const selected = await sources.selected();
  if (selected) return follow(selected, 'selected', sources);
  for (const venv of folder === undefined ? [] : ['.venv', 'venv']) {
    const python = join(folder as string, venv, 'bin', 'python');
    if (defect(python) === null) return python;
  }
  const found = onPath('python3', sources.path) ?? onPath('python', sources.path);
  if (found) return found;
  return {
    message: l10n.t(
      'No Python was found: no .venv in the folder, and neither python3 nor python on PATH. Select an interpreter.',
    ),
    origin: 'none',
  };
}

const CHOSEN_BY = {
  configured: {
    who: l10n.t('"python" in the launch configuration'),
    remedy: l10n.t('Set it to another one, or remove it.'),
  },
  setting: { who: l10n.t('the setting alloclens.python'), remedy: l10n.t('Set it to another one, or clear it.') },
  selected: { who: l10n.t('the Python extension'), remedy: l10n.t('Select another one.') },
};

function follow(choice: string, origin: keyof typeof CHOSEN_BY, sources: InterpreterSources): string | NoInterpreter {
  const { who, remedy } = CHOSEN_BY[origin];
  const refusal = (name: string, defect: string) => ({
    message: l10n.t('The interpreter {0}, chosen by {1}, {2}. {3}', name, who, defect, remedy),
    origin,
  });
  if (!choice.includes('/') && !choice.startsWith('~')) {
    return onPath(choice, sources.path) ?? refusal(choice, l10n.t('is not on PATH'));
  }
  const python = absolute(choice, sources.folder ?? sources.home, sources);
  const wrong = defect(python);
  return wrong === null ? python : refusal(python, wrong);
}

function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((candidate) => defect(candidate) === null);
}

/** Why a file can't be an interpreter; null when it can. Whether it is one, its start tells soon enough. */
function defect(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return l10n.t('is a folder');
  } catch {
    return l10n.t('does not exist');
  }
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return l10n.t('is not an executable file');
  }
}
