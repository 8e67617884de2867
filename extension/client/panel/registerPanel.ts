import { basename } from 'node:path';
import { type Disposable, type Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { FunctionId } from '../../shared/capture';
import { Command, type CommandHandlers } from '../../shared/contributions';
import { initialView, type PanelView, panelViewType, type SavedPanel } from '../../shared/panel';
import { revealLocation } from '../captures/revealLocation';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { FlameGraphPanel, type PanelCapture, type PanelServices } from './flameGraphPanel';

export interface Panels extends Disposable {
  handlers: Pick<CommandHandlers, Command.OpenFlameGraph>;
}

/** The flame graphs, one panel for each capture. VS Code brings them back when the window is reloaded. */
export function registerPanel(
  extension: Uri,
  service: CaptureService,
  shown: ShownCapture,
  run: PanelServices['run'],
): Panels {
  const panels = new Map<string, FlameGraphPanel>();
  const services: PanelServices = {
    extension,
    service,
    shown,
    run,
    reveal: (location) => revealLocation(location, service, shown, { preserveFocus: true }),
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
    else add(newPanel(), { path, title: tabTitle(capture) }, { ...initialView, ...change });
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

function newPanel(): WebviewPanel {
  return window.createWebviewPanel(panelViewType, 'Flame Graph', {
    viewColumn: ViewColumn.Beside,
    preserveFocus: true,
  });
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
