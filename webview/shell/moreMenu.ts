/** The menu behind ⋯: how the graph is drawn, and ways to take it elsewhere. */
import ellipsis from '@vscode/codicons/src/icons/ellipsis.svg';
import type { FromPanel, PanelView } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { collapsedOf, speedscopeOf, textOf } from '../flamegraph/export';
import { pngOf, svgOf } from '../flamegraph/picture';
import type { FlameGraph } from '../flamegraph/view';
import { byId } from './dom';
import { Menu } from './menu';
import type { State } from './state';

export interface MoreOptions {
  state(): State;
  choose(view: Partial<PanelView>): void;
  post(message: FromPanel): void;
}

export function makeMoreMenu(graph: FlameGraph, { state, choose, post }: MoreOptions): void {
  const name = () => (state().capture?.title ?? 'capture').replace(/[^\w.-]+/g, '-');
  const save = (extension: string, content: string, base64 = false) =>
    post({ type: 'save', name: `${name()}.${extension}`, content, ...(base64 && { base64 }) });
  const paper = () => ({
    width: byId('chart').clientWidth,
    background: getComputedStyle(document.body).backgroundColor,
    font: getComputedStyle(document.body).fontFamily,
  });
  new Menu(byId('more'), t('More'), ellipsis, () => {
    const { view } = state();
    const { zoomed } = graph;
    // A comparison has colours of its own, and no threads.
    const looks = view.base
      ? []
      : [
          {
            text: t('Split by Thread'),
            checked: view.splitThreads,
            choose: () => choose({ splitThreads: !view.splitThreads }),
          },
          {
            text: t('Colour by Own Bytes'),
            checked: view.colouring === 'heat',
            choose: () => choose({ colouring: view.colouring === 'heat' ? 'origin' : 'heat' }),
          },
          null,
        ];
    const options = [...looks, { text: t('Copy Link'), choose: () => post({ type: 'copyLink' }) }];
    if (!zoomed) return options;
    return [
      ...options,
      { text: t('Copy as Text'), choose: () => post({ type: 'copy', text: textOf(zoomed, graph.scale) }) },
      { text: t('Copy as Collapsed Stacks'), choose: () => post({ type: 'copy', text: collapsedOf(zoomed) }) },
      null,
      { text: t('Save for Speedscope…'), choose: () => save('speedscope.json', speedscopeOf(zoomed, name())) },
      { text: t('Save as SVG…'), choose: () => save('svg', svgOf(graph.boxes(), paper())) },
      { text: t('Save as PNG…'), choose: () => save('png', pngOf(graph.boxes(), paper()), true) },
    ];
  });
}
