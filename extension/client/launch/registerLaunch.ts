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
} from 'vscode';
import { DebugType } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import { currentFile, LaunchConfigurationProvider } from './configurationProvider';
import { followCapture } from './followCapture';
import { MainGuardLens } from './mainGuardLens';
import { PastRuns } from './pastRuns';
import { profileCommands } from './profileCommands';
import { reportEnding } from './reportEnding';

export interface Launching extends Disposable {
  handlers: ReturnType<typeof profileCommands>;
  /** The extension's own folder for captures of this workspace. */
  captureFolder: Uri;
  /** Whether this window started the run that the capture is of. */
  started(capture: string): boolean;
}

/** Running programs under the launcher: by launch.json, F5, or the command Profile Memory. */
export function registerLaunch(
  context: ExtensionContext,
  shown: ShownCapture,
  log: LogOutputChannel,
  failed: (error: unknown) => void,
): Launching {
  const launcher = Uri.joinPath(context.extensionUri, 'native', 'python', 'alloclens', '__main__.py').fsPath;
  const captureFolder = Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'captures');
  const captures = captureFolder.fsPath;
  const started = new Set<string>();
  const runs = new PastRuns();
  const sessions = new Set<Disposable>();
  const lens = new MainGuardLens();
  const type = DebugType.AllocLens;
  const registrations = Disposable.from(
    debug.registerDebugConfigurationProvider(type, new LaunchConfigurationProvider(captures, log)),
    debug.registerDebugConfigurationProvider(
      type,
      { provideDebugConfigurations: () => [{ ...currentFile }] },
      DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    debug.registerDebugAdapterDescriptorFactory(type, {
      async createDebugAdapterDescriptor({ workspaceFolder: folder, configuration }: DebugSession) {
        // Loaded with the first run, not when the editor starts.
        const { ProfileSession } = await import('./session/profileSession');
        const running = new AbortController();
        const follow = (capture: string) => {
          started.add(capture);
          void followCapture(capture, (path, isNew) => shown.follow(path, isNew), running.signal);
        };
        const session = new ProfileSession(launcher, follow, (run) => {
          running.abort();
          sessions.delete(session);
          if (run.capture) runs.add(run.capture, { folder, configuration });
          reportEnding(run, shown).catch(failed);
        });
        sessions.add(session);
        // The same interface, but for what its event returns.
        return new DebugAdapterInlineImplementation(session as unknown as DebugAdapter);
      },
    }),
    lens,
    languages.registerCodeLensProvider({ language: 'python', scheme: 'file' }, lens),
  );
  return {
    handlers: profileCommands(shown, runs),
    captureFolder,
    started: (capture) => started.has(capture),
    dispose() {
      registrations.dispose();
      // A window that closes leaves no program behind.
      for (const session of sessions) session.dispose();
    },
  };
}
