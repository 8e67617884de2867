import { Disposable, type ExtensionContext, Uri, window, workspace } from 'vscode';
import { Setting } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { captureFileCommands } from './captureFileCommands';
import { CaptureFolders, fileAt } from './captureFolders';
import { CaptureList } from './captureList';
import { CaptureMarks } from './captureMarks';
import { CapturesView } from './capturesView';
import { HottestLinesView } from './hottestLinesView';
import { isRecording } from './recording';
import { outdated } from './retention';
import { followTerminalRun } from './terminalRuns';

export interface Surroundings {
  /** The extension's own folder for captures of this workspace. */
  ownFolder: Uri;
  /** Runs that this window started are shown by those who started them. */
  startedHere: (capture: string) => boolean;
  open: (path: string) => unknown;
  openLink: (uri: Uri) => Promise<void>;
  failed: (error: unknown) => void;
}

export type CapturesFeature = Disposable & { handlers: ReturnType<typeof captureFileCommands> };

/** The side bar: captures and hottest lines; and what comes with them: terminal runs, links, retention. */
export function registerCapturesView(
  context: ExtensionContext,
  service: CaptureService,
  shown: ShownCapture,
  { ownFolder, startedHere, open, openLink, failed }: Surroundings,
): CapturesFeature {
  const folders = new CaptureFolders(ownFolder.fsPath);
  const list = new CaptureList(
    {
      find: () => folders.find(),
      summarize: (path, grows) => service.summarize(path, grows),
      isRecording,
    },
    new CaptureMarks(context.workspaceState),
  );
  const closing = new AbortController();
  const refresh = async () => {
    await list.refresh();
    const keep = workspace.getConfiguration().get(Setting.CaptureRetention, 0);
    const old = outdated(list.captures, keep, (path) => folders.isOwn(path));
    for (const { file } of old) await workspace.fs.delete(Uri.file(file.path)).then(undefined, failed);
    if (old.length > 0) await list.refresh();
  };
  const appeared = (path: string) => {
    if (folders.isOwn(path) || startedHere(path)) return;
    if (!workspace.getConfiguration().get(Setting.OpenTerminalRuns, true)) return;
    const show = async () => startedHere(path) || shown.open(path);
    followTerminalRun(path, { read: (file) => service.open(file), show }, closing.signal).catch(failed);
  };
  const registrations = Disposable.from(
    list,
    new CapturesView(list, shown, open),
    new HottestLinesView(shown),
    folders.watch((path, created) => {
      refresh().catch(failed);
      if (created) appeared(path);
    }),
    shown.onDidChange(() => {
      const file = shown.last && fileAt(shown.last.path);
      if (shown.last && file) void list.learn(file, shown.last.summary);
    }),
    window.registerUriHandler({ handleUri: (uri) => openLink(uri).catch(failed) }),
  );
  return {
    handlers: captureFileCommands(list, service, shown),
    dispose() {
      closing.abort();
      registrations.dispose();
    },
  };
}
