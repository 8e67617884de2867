import { basename } from 'node:path';
import { type Disposable, type Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { FunctionId } from '../../shared/capture';
import { Command, type CommandHandlers } from '../../shared/contributions';
import { initialView, type PanelView, panelViewType, type SavedPanel } from '../../shared/panel';
import type { Annotations } from '../annotations/annotations';
import { revealLocation } from '../captures/revealLocation';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { FlameGraphPanel, type PanelCapture, type PanelServices } from './flameGraphPanel';

/** Share of a document's lines from which on its figures are of little use. */
const mostlyStale = 0.3;

export interface Panels extends Disposable {
  handlers: Pick<CommandHandlers, Command.OpenFlameGraph>;
}

/** The flame graphs, one panel for each capture. VS Code brings them back when the window is reloaded. */
export function registerPanel(
  extension: Uri,
  service: CaptureService,
  shown: ShownCapture,
  annotations: Annotations,
  run: PanelServices['run'],
): Panels {
  const panels = new Map<string, FlameGraphPanel>();
  const services: PanelServices = {
    extension,
    service,
    shown,
    run,
    staleFiles: () => staleFiles(annotations),
    onDidChangeStale: annotations.onDidUpdate,
    reveal: (location, capture, from) => revealLocation(location, service, capture, { preserveFocus: true, from }),
  };

  const add = (webviewPanel: WebviewPanel, capture: PanelCapture, view: PanelView) => {
    const panel = new FlameGraphPanel(webviewPanel, capture, view, services);
    panels.set(capture.path, panel);
    panel.onDidDispose(() => {
      panels.delete(capture.path);
      if (shown.last?.path !== capture.path) void service.close(capture.path).catch(() => undefined);
    });
  };

  const open = (root?: FunctionId) => {
    const capture = shown.last;
    if (!capture) throw new Error('There is no capture yet. Profile a Python file or open a capture first.');
    const { path } = capture;
    const panel = panels.get(path);
    const change: Partial<PanelView> = { measure: shown.measure, ...(isFunction(root) && { root, zoom: [] }) };
    if (panel) panel.show(change);
    else add(newPanel(columnOf(panels)), { path, title: tabTitle(capture) }, { ...initialView, ...change });
  };

  const serializer = window.registerWebviewPanelSerializer(panelViewType, {
    deserializeWebviewPanel: async (webviewPanel, saved: unknown) => {
      if (!isSaved(saved)) return webviewPanel.dispose();
      const { path, title } = saved;
      const view = { ...initialView, ...saved.view };
      if (shown.last) view.measure = shown.measure;
      add(webviewPanel, { path, title }, view);
      if (shown.last || shown.reading) return;
      // The window was reloaded: the figures on the lines come back with the graph.
      await shown.setMeasure(view.measure);
      await shown.open(path);
    },
  });

  return {
    handlers: { [Command.OpenFlameGraph]: open },
    dispose: () => {
      serializer.dispose();
    },
  };
}

function newPanel(viewColumn: ViewColumn): WebviewPanel {
  return window.createWebviewPanel(panelViewType, 'Flame Graph', { viewColumn, preserveFocus: true });
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
