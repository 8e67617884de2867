import { setTimeout as wait } from 'node:timers/promises';
import { Disposable, type ExtensionContext, l10n, Uri, window, workspace } from 'vscode';
import type { Summary } from '../../shared/capture';
import { Setting } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import type { StoppedRuns } from '../captures/stoppedRuns';
import type { CaptureService } from '../language/captureService';
import { isNamedByEditor } from '../launch/captureFile';
import { stoppedAfter } from '../launch/session/ending';
import { captureFileCommands } from './captureFileCommands';
import { CaptureFolders, fileAt } from './captureFolders';
import { CaptureList } from './captureList';
import { CaptureMarks } from './captureMarks';
import { CapturesView } from './capturesView';
import { HottestLinesView } from './hottestLinesView';
import { isRecordedByAnybody, isRecording, stopRecording } from './recording';
import { outdated } from './retention';
import { followTerminalRun } from './terminalRuns';
import { watchTerminals } from './watchTerminals';

export interface Surroundings {
  /** The extension's own folder for captures of this workspace. */
  ownFolder: Uri;
  /** Whether this window runs the task whose capture it is. */
  startedAsTask: (capture: string) => boolean;
  stopped: StoppedRuns;
  open: (path: string) => unknown;
  openLink: (uri: Uri) => Promise<void>;
  failed: (error: unknown) => void;
}

export interface CapturesFeature extends Disposable {
  handlers: ReturnType<typeof captureFileCommands>;
  /** Newest first. */
  list: CaptureList;
  /** Stops the run outside the editor that records to this file; rejects with a sentence when it can't. */
  stop(capture: string): Promise<void>;
}

/** The side bar: captures and hottest lines; and what comes with them: terminal runs, links, retention. */
export function registerCapturesView(
  context: ExtensionContext,
  service: CaptureService,
  shown: ShownCapture,
  { ownFolder, startedAsTask, stopped, open, openLink, failed }: Surroundings,
): CapturesFeature {
  const folders = new CaptureFolders(ownFolder.fsPath);
  const list = new CaptureList(
    {
      find: () => folders.find(),
      summarize: (path, grows) => service.summarize(path, grows),
      isRecording,
      isRecordedByAnybody,
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
  const followed = new Set<string>();
  /** Of these, the ones that the user stopped. */
  const stopping = new Set<string>();
  /** A run that goes on, and is looked at, stays. */
  const anotherIsLive = (path: string) => shown.current?.live === true && shown.current.path !== path;
  const appeared = (path: string) => {
    if (followed.has(path)) return;
    // Runs of the editor are shown by the window that started them.
    if (isNamedByEditor(path) || (folders.isOwn(path) && !startedAsTask(path))) return;
    if (!workspace.getConfiguration().get(Setting.OpenTerminalRuns, true)) return;
    followed.add(path);
    const actions = {
      read: (file: string) => service.open(file),
      follow: (file: string, isNew: boolean, ending: AbortSignal) =>
        shown.follow(file, isNew && !anotherIsLive(file), ending),
      ended: async (file: string, { start_time_ms }: Summary) => {
        if (stopping.delete(file)) await stopped.add(file, stoppedAfter((Date.now() - start_time_ms) / 1000));
        shown.ended(file);
      },
      show: async (file: string) => anotherIsLive(file) || shown.open(file),
    };
    followTerminalRun(path, actions, closing.signal)
      .catch(failed)
      .finally(() => followed.delete(path));
  };
  const registrations = Disposable.from(
    list,
    new CapturesView(list, shown, open),
    new HottestLinesView(shown),
    watchTerminals(appeared),
    folders.watch(
      (path, created) => {
        refresh().catch(failed);
        if (created) appeared(path);
      },
      () => refresh().catch(failed),
    ),
    shown.onDidChange(() => {
      const file = shown.last && fileAt(shown.last.path);
      if (!shown.last) return;
      if (file) void list.learn(file, shown.last.summary);
      list.known().catch(failed); // there may be a run before it
    }),
    window.registerUriHandler({ handleUri: (uri) => openLink(uri).catch(failed) }),
  );
  return {
    list,
    handlers: captureFileCommands(list, service, shown),
    stop: async (capture) => {
      const { pid } = await service.open(capture);
      // Stop for the second time does not wait.
      const again = stopping.has(capture);
      if (!stopRecording(capture, pid, again ? 'SIGKILL' : 'SIGTERM')) {
        throw new Error(l10n.t('The program could not be stopped: it has ended, or it does not run on this machine.'));
      }
      stopping.add(capture);
      const graceMs = 1000 * workspace.getConfiguration().get<number>(Setting.StopGraceTime, 5);
      wait(graceMs, undefined, { signal: closing.signal }).then(
        () => stopRecording(capture, pid, 'SIGKILL'),
        () => undefined, // the window closes
      );
    },
    dispose() {
      closing.abort();
      registrations.dispose();
    },
  };
}
