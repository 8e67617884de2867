import {
  type DebugAdapter,
  DebugAdapterInlineImplementation,
  DebugConfigurationProviderTriggerKind,
  type DebugSession,
  Disposable,
  debug,
  type ExtensionContext,
  type LogOutputChannel,
  languages,
  Uri,
  type WorkspaceFolder,
} from 'vscode';
import { DebugType } from '../../shared/contributions';
import type { Profile } from '../agents/registerAgentTools';
import type { ShownCapture } from '../captures/shownCapture';
import type { StoppedRuns } from '../captures/stoppedRuns';
import { AwaitedRuns } from './awaitedRuns';
import { currentFile, LaunchConfigurationProvider } from './configurationProvider';
import { followCapture } from './followCapture';
import type { NoInterpreter } from './interpreter';
import { MainGuardLens } from './mainGuardLens';
import { PastRuns } from './pastRuns';
import { profileCommands } from './profileCommands';
import { reportEnding } from './reportEnding';
import { ProfileTasks } from './taskProvider';

export interface Launching extends Disposable {
  /** Runs a program, shows it, and waits for its end. */
  profile: Profile;
  /** Which Python runs the programs of a folder. */
  interpreterOf(folder: WorkspaceFolder | undefined): Promise<string | NoInterpreter>;
  handlers: ReturnType<typeof profileCommands>;
  /** The extension's own folder for captures of this workspace. */
  captureFolder: Uri;
  /** Whether this window runs the task whose capture it is. */
  startedAsTask(capture: string): boolean;
  /** Stops the debug session that records to this file; false when there is none. */
  stop(capture: string): Promise<boolean>;
}

/** Running programs under the launcher: by launch.json, F5, or the command Profile Memory. */
export function registerLaunch(
  context: ExtensionContext,
  shown: ShownCapture,
  log: LogOutputChannel,
  failed: (error: unknown) => void,
  stopped: StoppedRuns,
): Launching {
  const launcher = Uri.joinPath(context.extensionUri, 'native', 'python', 'alloclens', '__main__.py').fsPath;
  const captureFolder = Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'captures');
  const captures = captureFolder.fsPath;
  const configurations = new LaunchConfigurationProvider(captures, log);
  const started = new Map<string, DebugSession>();
  const runs = new PastRuns(context.workspaceState);
  const sessions = new Set<Disposable>();
  const awaited = new AwaitedRuns(configurations);
  const lens = new MainGuardLens();
  const type = DebugType.AllocLens;
  const profileTasks = new ProfileTasks({
    launcher,
    capturesOf: (folder) => configurations.surroundingsOf(folder).captureDirectory,
    interpreterOf: (folder, configured) => configurations.interpreterOf(folder, configured),
  });
  const registrations = Disposable.from(
    debug.registerDebugConfigurationProvider(type, configurations),
    debug.registerDebugConfigurationProvider(
      type,
      { provideDebugConfigurations: () => [{ ...currentFile }] },
      DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    debug.registerDebugAdapterDescriptorFactory(type, {
      async createDebugAdapterDescriptor(debugSession: DebugSession) {
        const { workspaceFolder: folder, configuration } = debugSession;
        awaited.started(debugSession);
        // Loaded with the first run, not when the editor starts.
        const { ProfileSession } = await import('./session/profileSession');
        const running = new AbortController();
        const follow = (capture: string) => {
          started.set(capture, debugSession);
          void followCapture(capture, (path, isNew) => shown.follow(path, isNew, running.signal), running.signal);
        };
        const session = new ProfileSession(launcher, follow, (run) => {
          running.abort();
          sessions.delete(session);
          if (run.capture) {
            runs.add(run.capture, { folder, configuration }).then(undefined, failed);
            shown.ended(run.capture);
            started.delete(run.capture);
          }
          reportEnding(run, shown, stopped).catch(failed);
          awaited.ended(configuration, run);
        });
        sessions.add(session);
        // The same interface, but for what its event returns.
        return new DebugAdapterInlineImplementation(session as unknown as DebugAdapter);
      },
    }),
    profileTasks,
    lens,
    languages.registerCodeLensProvider({ language: 'python', scheme: 'file' }, lens),
  );
  return {
    profile: (attributes, options) => awaited.run(attributes, options),
    interpreterOf: (folder) => configurations.interpreterOf(folder, undefined),
    handlers: profileCommands(shown, runs),
    captureFolder,
    startedAsTask: (capture) => profileTasks.started(capture),
    stop: async (capture) => {
      const session = started.get(capture);
      // Without one, VS Code would stop whatever is debugged.
      if (session) await debug.stopDebugging(session);
      return session !== undefined;
    },
    dispose() {
      registrations.dispose();
      // A window that closes leaves no program behind.
      for (const session of sessions) session.dispose();
    },
  };
}
