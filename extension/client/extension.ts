/** Wires the features; each owns its state. Nothing heavy happens here: the server starts with the first question. */
import { commands, type ExtensionContext, l10n, Uri, window, workspace } from 'vscode';
import { Command, type CommandHandlers, ContextKey, extensionName } from '../shared/contributions';
import { translateWith } from '../shared/translate';
import { registerAgentTools } from './agents/registerAgentTools';
import { Annotations } from './annotations/annotations';
import { CompareItem } from './annotations/compareItem';
import { EditsItem } from './annotations/editsItem';
import { FiguresText } from './annotations/figuresText';
import { hotLineCommands } from './annotations/hotLines';
import { RegionItem } from './annotations/regionItem';
import { StatusItem } from './annotations/statusItem';
import { registerCaptureEditor } from './captures/captureEditor';
import { captureCommands } from './captures/commands';
import { compareCommands, previousTitle } from './captures/compareCommands';
import { figureSettings } from './captures/figureSettings';
import { openAtStart } from './captures/openAtStart';
import { ReadingNotice } from './captures/readingNotice';
import { RememberedLook } from './captures/rememberedLook';
import { ShownCapture } from './captures/shownCapture';
import { StoppedRuns } from './captures/stoppedRuns';
import { registerCapturesView } from './capturesView/registerCapturesView';
import { CaptureServer } from './language/captureServer';
import { crashReport, reportFailure } from './language/messages';
import { registerLaunch } from './launch/registerLaunch';
import { registerPanel } from './panel/registerPanel';
import { registerTesting } from './testing/registerTesting';

export function activate(context: ExtensionContext): void {
  translateWith(l10n.bundle);
  const log = window.createOutputChannel('AllocLens', { log: true });
  const failed = reportFailure(log);
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath;
  const server = new CaptureServer(module, log, crashReport);
  const shown = new ShownCapture(server, new ReadingNotice(), failed, figureSettings());
  const remembered = new RememberedLook(shown, context.workspaceState);
  const annotations = new Annotations(server, shown, failed);
  const statusItem = new StatusItem(shown, annotations);
  const regionItem = new RegionItem(shown);
  const editsItem = new EditsItem(shown, annotations);
  const figuresText = new FiguresText(shown, annotations);
  const stoppedRuns = new StoppedRuns(context.workspaceState);
  const launching = registerLaunch(context, shown, log, failed, stoppedRuns);
  const testing = registerTesting(context, shown, launching.interpreterOf, log, failed);
  const captures = registerCapturesView(context, server, shown, {
    ownFolder: launching.captureFolder,
    startedAsTask: launching.startedAsTask,
    stopped: stoppedRuns,
    open: (path) => commands.executeCommand(Command.OpenCapture, path),
    openLink: (uri) => panels.openLink(uri),
    failed,
  });
  const previous = () => previousTitle(shown, captures.list);
  const panels = registerPanel(context.extensionUri, server, shown, remembered, annotations, {
    run: (command) => commands.executeCommand(command),
    stop: async (path) => (await launching.stop(path)) || captures.stop(path),
    stopped: (path) => stoppedRuns.of(path),
    previous,
    onDidChangePrevious: captures.list.onDidChange,
  });
  const compareItem = new CompareItem(shown, previous, captures.list.onDidChange);
  const agentTools = registerAgentTools(server, shown, launching.profile);
  const handlers = {
    ...captureCommands(shown, server),
    ...compareCommands(shown, captures.list),
    ...captures.handlers,
    ...hotLineCommands(annotations, panels.showLine),
    ...figuresText.handlers,
    ...panels.handlers,
    ...launching.handlers,
    ...testing.handlers,
    [Command.RunAgain]: async () => {
      const capture = shown.last?.path;
      if (capture && (await testing.runAgain(capture))) return;
      await launching.handlers[Command.RunAgain]();
    },
    [Command.ShowLog]: () => log.show(),
    [Command.RestartServer]: () => server.restart(),
  };

  context.subscriptions.push(
    log,
    server,
    shown,
    remembered,
    annotations,
    statusItem,
    regionItem,
    editsItem,
    compareItem,
    figuresText,
    panels,
    launching,
    testing,
    captures,
    agentTools,
    ...registerCommands(handlers, failed),
    registerCaptureEditor(panels.adopt),
    shown.onDidChange(() => {
      void commands.executeCommand('setContext', ContextKey.HasCapture, shown.last !== null);
      void commands.executeCommand('setContext', ContextKey.FiguresShown, shown.current !== null);
      void commands.executeCommand('setContext', ContextKey.Live, shown.current?.live === true);
      void commands.executeCommand('setContext', ContextKey.Comparing, shown.base !== null);
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(extensionName)) void shown.setSettings(figureSettings());
    }),
  );
  openAtStart(shown, () => commands.executeCommand(Command.OpenFlameGraph))
    .then((opened) => (opened ? undefined : remembered.restore()))
    .catch(failed);
}

/** A command that fails tells why, wherever it was started. */
function registerCommands(handlers: CommandHandlers, failed: (error: unknown) => void) {
  return Object.entries(handlers).map(([command, handler]) =>
    commands.registerCommand(command, async (...args: unknown[]) => {
      try {
        return await (handler as (...args: unknown[]) => unknown)(...args);
      } catch (error) {
        failed(error);
        return undefined;
      }
    }),
  );
}
