import { basename } from 'node:path';
import { type Disposable, l10n, type Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { FunctionId } from '../../shared/capture';
import { Command, type CommandHandlers, type Location } from '../../shared/contributions';
import { initialView, type PanelView, panelViewType, type SavedPanel } from '../../shared/panel';
import type { Annotations } from '../annotations/annotations';
import type { RememberedLook } from '../captures/rememberedLook';
import { revealLocation } from '../captures/revealLocation';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { linkTo, parseLink } from './captureLink';
import { FlameGraphPanel, type PanelCapture, type PanelServices } from './flameGraphPanel';

/** Share of a document's lines from which on its figures are of little use. */
const mostlyStale = 0.3;

export interface Panels extends Disposable {
  /** Opens what a link names: of those that the panel copies, and that the command line prints. */
  openLink(uri: Uri): Promise<void>;
  /** Puts the graph of a capture into the tab of its file, and its figures on the lines. */
  adopt(tab: WebviewPanel, path: string): void;
  /** Opens the graph of the shown capture, as it is to be looked at. */
  show(view: Partial<PanelView>): void;
  /** All that is known of a recorded line. */
  showLine(location: Location): void;
  handlers: Pick<CommandHandlers, Command.OpenFlameGraph>;
}

/** The flame graphs, one panel for each capture. VS Code brings them back when the window is reloaded. */
export function registerPanel(
  extension: Uri,
  service: CaptureService,
  shown: ShownCapture,
  remembered: RememberedLook,
  annotations: Annotations,
  more: Pick<PanelServices, 'run' | 'stop' | 'stopped' | 'previous' | 'onDidChangePrevious'>,
): Panels {
  const panels = new Map<string, FlameGraphPanel>();
  const services: PanelServices = {
    extension,
    service,
    shown,
    ...more,
    staleFiles: () => staleFiles(annotations),
    onDidChangeStale: annotations.onDidUpdate,
    reveal: (location, capture, from, beside) =>
      revealLocation(location, service, capture, { preserveFocus: true, from, beside }),
    linkTo,
  };

  const add = (webviewPanel: WebviewPanel, capture: PanelCapture, view: PanelView, restores = false) => {
    const panel = new FlameGraphPanel(webviewPanel, capture, view, services, restores);
    panels.set(capture.path, panel);
    panel.onDidDispose(() => {
      panels.delete(capture.path);
      if (shown.last?.path !== capture.path) void service.close(capture.path).catch(() => undefined);
    });
  };

  const open = (asked: Partial<PanelView>) => {
    const capture = shown.last;
    if (!capture) throw new Error(l10n.t('There is no capture yet. Profile a Python file or open a capture first.'));
    const { path } = capture;
    const panel = panels.get(path);
    const { measure, range, region, base } = shown;
    const change: Partial<PanelView> = { measure, range, region, base, ...asked };
    if (panel) panel.show(change);
    else add(newPanel(columnOf(panels)), { path, title: tabTitle(capture) }, { ...initialView, ...change });
  };

  const serializer = window.registerWebviewPanelSerializer(panelViewType, {
    deserializeWebviewPanel: async (webviewPanel, saved: unknown) => {
      if (!isSaved(saved)) return webviewPanel.dispose();
      const { path, title } = saved;
      const view: PanelView = { ...initialView, ...saved.view, base: null };
      if (shown.last) view.measure = shown.measure;
      add(webviewPanel, { path, title }, view);
    },
  });

  // One selection everywhere: a line that is chosen in the editor is chosen in the panel too.
  const caret = window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
    const panel = shown.current && panels.get(shown.current.path);
    const line = selections[0]?.active.line;
    if (!panel || kind === undefined || line === undefined) return;
    const annotated = annotations.of(textEditor.document);
    const place = annotated?.lines.find((each) => each.line === line + 1);
    if (annotated && place) panel.select({ file: annotated.file, line: place.recorded });
  });

  /** The tab of a capture's file. The graph has one tab: where it is open already, that comes to the front. */
  const adopt = async (tab: WebviewPanel, path: string) => {
    const open = panels.get(path);
    if (open) {
      open.show({});
      // Not at once: VS Code complains about a tab that is closed before it was resolved.
      setTimeout(() => tab.dispose());
      return;
    }
    const view = { ...initialView, measure: shown.measure };
    add(tab, { path, title: basename(path) }, view, true);
    // Of a window that was loaded again, tabs come back while what was shown is being opened already.
    if (remembered.restoring === null) await shown.open(path);
  };

  /** VS Code has asked the user before. */
  const openLink = async (uri: Uri) => {
    const link = parseLink(uri);
    if (!(await shown.open(link.path))) return;
    const { measure, range, region, ...view } = link.view;
    if (measure) await shown.setMeasure(measure);
    if (range) await shown.setRange(range);
    if (region !== undefined) await shown.setRegion(region);
    open(view);
  };

  return {
    openLink,
    adopt: (tab, path) => void adopt(tab, path),
    handlers: { [Command.OpenFlameGraph]: (root) => open(isFunction(root) ? { root, zoom: [] } : {}) },
    show: open,
    showLine: (line) => open({ table: 'line', line }),
    dispose: () => {
      serializer.dispose();
      caret.dispose();
    },
  };
}

function newPanel(viewColumn: ViewColumn): WebviewPanel {
  return window.createWebviewPanel(panelViewType, l10n.t('Flame Graph'), { viewColumn, preserveFocus: true });
}

/** Graphs share one group; the first one opens beside the code. */
function columnOf(panels: ReadonlyMap<string, FlameGraphPanel>): ViewColumn {
  for (const { column } of panels.values()) if (column !== undefined) return column;
  return ViewColumn.Beside;
}

function staleFiles(annotations: Annotations): string[] {
  const documents = new Set(window.visibleTextEditors.map(({ document }) => document));
  return [...documents]
    .filter((document) => (annotations.of(document)?.changed_share ?? 0) > mostlyStale)
    .map(({ fileName }) => basename(fileName));
}

function tabTitle({ summary: { target }, title }: OpenedCapture): string {
  return `${target.kind === 'script' ? basename(target.name) : target.name} · ${title}`;
}

/** Menus pass a URI where a lens passes a function. */
function isFunction(argument: unknown): argument is FunctionId {
  return typeof (argument as FunctionId | undefined)?.function === 'string';
}

/** State that an older version may have written. */
function isSaved(saved: unknown): saved is SavedPanel {
  const { path, title, view } = (saved ?? {}) as Partial<SavedPanel>;
  return typeof path === 'string' && typeof title === 'string' && typeof view === 'object';
}
