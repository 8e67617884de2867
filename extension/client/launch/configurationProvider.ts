import { homedir } from 'node:os';
import {
  type DebugConfiguration,
  type DebugConfigurationProvider,
  type LogOutputChannel,
  l10n,
  type WorkspaceFolder,
  window,
  workspace,
} from 'vscode';
import { DebugType, Setting } from '../../shared/contributions';
import type { LaunchAttributes } from './configuration';
import { chooseInterpreter, type NoInterpreter } from './interpreter';
import { mayRunPrograms } from './mayRunPrograms';
import { absolute, resolveLaunch, type Surroundings } from './resolveLaunch';
import { interpreterChoice, selectedInterpreter } from './selectedInterpreter';
import type { ProfileLaunch } from './session/profileSession';

const OPEN_LAUNCH_JSON = l10n.t('Open launch.json');

export const currentFile: DebugConfiguration = {
  type: DebugType.AllocLens,
  request: 'launch',
  name: 'Profile Memory: Current File',
  program: '${file}',
};

/** Completes configurations before they run, and says what is wrong with them while the user looks. */
export class LaunchConfigurationProvider implements DebugConfigurationProvider {
  constructor(
    private readonly captureDirectory: string,
    private readonly log: LogOutputChannel,
  ) {}

  /** Without launch.json the configuration is empty: the active file is meant. */
  async resolveDebugConfiguration(
    _folder: WorkspaceFolder | undefined,
    configuration: DebugConfiguration,
  ): Promise<DebugConfiguration | undefined> {
    if (!mayRunPrograms()) return undefined;
    if (configuration.type || configuration.request || configuration.name) return configuration;
    if (window.activeTextEditor?.document.languageId === 'python') return { ...currentFile };
    await window.showErrorMessage(l10n.t('Open the Python file that is to be profiled first.'), { modal: true });
    return undefined;
  }

  /** The answer null makes VS Code open launch.json. */
  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: WorkspaceFolder | undefined,
    configuration: DebugConfiguration,
  ): Promise<(DebugConfiguration & ProfileLaunch) | undefined | null> {
    const surroundings = this.surroundingsOf(folder);
    const resolved = resolveLaunch(configuration, surroundings);
    if ('message' in resolved) return offerLaunchJson(resolved.message);
    const python = await this.interpreterOf(folder, configuration.python as string | undefined, resolved.env.PATH);
    if (typeof python !== 'string') return offerInterpreter(python);
    return { ...configuration, launch: { ...resolved, python } };
  }

  /** What would keep a run from being started, as a sentence; null when nothing would. */
  async problemOf(folder: WorkspaceFolder | undefined, attributes: LaunchAttributes): Promise<string | null> {
    const resolved = resolveLaunch({ ...attributes }, this.surroundingsOf(folder));
    if ('message' in resolved) return resolved.message;
    const python = await this.interpreterOf(folder, attributes.python, resolved.env.PATH);
    return typeof python === 'string' ? null : python.message;
  }

  interpreterOf(
    folder: WorkspaceFolder | undefined,
    configured: string | undefined,
    path?: string | null,
  ): Promise<string | NoInterpreter> {
    return chooseInterpreter({
      configured,
      setting: workspace.getConfiguration(undefined, folder).get<string>(Setting.Python),
      selected: () => selectedInterpreter(folder, this.log),
      folder: folder?.uri.fsPath,
      home: homedir(),
      path: path ?? process.env.PATH ?? '',
    });
  }

  surroundingsOf(folder: WorkspaceFolder | undefined): Surroundings {
    const settings = workspace.getConfiguration(undefined, folder);
    const home = homedir();
    const root = folder?.uri.fsPath;
    const captures = settings.get<string>(Setting.CaptureDirectory);
    return {
      folder: root,
      home,
      captureDirectory: captures ? absolute(captures, root ?? home, { home }) : this.captureDirectory,
      stopGraceMs: 1000 * settings.get<number>(Setting.StopGraceTime, 5),
    };
  }
}

async function offerLaunchJson(message: string): Promise<undefined | null> {
  const choice = await window.showErrorMessage(message, { modal: true }, OPEN_LAUNCH_JSON);
  return choice === OPEN_LAUNCH_JSON ? null : undefined;
}

async function offerInterpreter({ message, origin }: NoInterpreter): Promise<undefined | null> {
  if (origin === 'configured') return offerLaunchJson(message);
  const { label, open } = interpreterChoice();
  if ((await window.showErrorMessage(message, { modal: true }, label)) === label) await open();
  return undefined;
}
