/** Which part of memory the graph shows when it is not all of it, and the ways back. */
import type { PanelView } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { formatBytes, formatShare, type Units } from '../../extension/shared/units';
import { type Frame, pathOf } from '../flamegraph/frame';
import { nameOf } from '../flamegraph/labels';
import { element } from './dom';
import { shownText } from './shown';

/** Frames between the first and the last ones; what is between these is left out. */
const mostCrumbs = 6;

export interface Trail {
  view: Pick<PanelView, 'root'>;
  /** Null while the tree is on its way. */
  root: Frame | null;
  zoomed: Frame | null;
  total: number;
  units: Units;
}

export class Crumbs {
  constructor(
    private readonly host: HTMLElement,
    private readonly go: (view: Partial<PanelView>) => void,
  ) {}

  show({ view, root, zoomed, total, units }: Trail): void {
    const path = zoomed ? ancestors(zoomed) : [];
    this.host.hidden = view.root === null && path.length === 0;
    if (this.host.hidden) return;
    const parts: (Node | string)[] = [];
    if (view.root) {
      parts.push(this.link(t('All memory'), { root: null, zoom: [] }), ' › ');
      const figures = root
        ? ` ${formatBytes(root.bytes, units)} · ${formatShare(root.bytes / total)} · ${t('all calls together')}`
        : '';
      const name = path.length
        ? this.link(shownText(view.root.function), { zoom: [] })
        : element('b', {}, shownText(view.root.function));
      parts.push(name, ...(path.length ? [] : [element('span', {}, figures)]));
    } else parts.push(this.link(t('All memory'), { zoom: [] }));
    for (const frame of shortened(path)) {
      if (frame === null) parts.push(' › …');
      else if (frame === zoomed) parts.push(' › ', element('b', { 'aria-current': 'true' }, nameOf(frame)));
      else parts.push(' › ', this.link(nameOf(frame), { zoom: pathOf(frame) }));
    }
    this.host.title = view.root ? t('A stack on which the function stands more than once is counted once.') : '';
    this.host.replaceChildren(...parts);
  }

  private link(text: string, to: Partial<PanelView>): HTMLElement {
    const button = element('button', { type: 'button', class: 'link' }, text);
    button.addEventListener('click', () => this.go(to));
    return button;
  }
}

/** From below the root down to the frame. */
function ancestors(frame: Frame): Frame[] {
  const path: Frame[] = [];
  for (let at: Frame = frame; at.parent; at = at.parent) path.push(at);
  return path.reverse();
}

function shortened(path: Frame[]): (Frame | null)[] {
  if (path.length <= mostCrumbs) return path;
  return [path[0]!, null, ...path.slice(-(mostCrumbs - 1))];
}
