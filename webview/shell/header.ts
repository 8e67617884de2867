/** The top of the panel: how the program ended, the key figures, and how far the reading is. */
import type { PanelAction } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import './header.css';
import { byId, element } from './dom';
import { failureOf, isLoading, type State } from './state';
import { keyFigures, notices, readingText, sinceText, staleText } from './words';

/** A reading that takes no longer is told by the bar alone. */
const patienceMs = 1000;

export interface HeaderOptions {
  onAct(action: PanelAction | 'retry' | 'cancel'): void;
}

export class Header {
  private slow = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private last: State | null = null;

  constructor(private readonly options: HeaderOptions) {
    byId('since').addEventListener('click', () => options.onAct('stopComparing'));
    byId('previous').addEventListener('click', () => options.onAct('comparePrevious'));
  }

  show(state: State): void {
    this.last = state;
    this.watch(isLoading(state));
    // Of a program that runs, figures come twice a second: a bar would never end.
    byId('progress').hidden = state.run.live || (!isLoading(state) && state.capture !== null);
    this.drawNotices(state);
    this.drawComparison(state);
    const summary = state.parts.summary.value;
    byId('figures').replaceChildren(
      ...(summary ? keyFigures(summary, state.units) : []).map(({ figure, text }) =>
        element('span', {}, element('b', {}, figure), text && ` ${text}`),
      ),
    );
  }

  /** What is compared, with the way out; else the way to compare with the run before. */
  private drawComparison({ view: { base }, run, parts, units }: State): void {
    const since = byId('since');
    since.hidden = base === null;
    const tree = parts.tree.value;
    const change = tree?.base_bytes === undefined ? null : tree.total_bytes - tree.base_bytes;
    if (base) {
      since.replaceChildren(sinceText(base.title, change, units), element('span', { 'aria-hidden': 'true' }, '×'));
      since.setAttribute('aria-label', t('Compared: {0}. Stop comparing', sinceText(base.title, change, units)));
    }
    const previous = byId('previous');
    previous.hidden = base !== null || run.previous === null;
    previous.textContent = t('Compare with {0}', run.previous ?? '');
    previous.title = t('Compare with the previous run of this program');
  }

  private drawNotices(state: State): void {
    const failure = failureOf(state);
    const lines: HTMLElement[] = [];
    if (this.slow && isLoading(state) && !state.run.live) {
      lines.push(this.notice('info', readingText(state.reading, state.units), [t('Cancel'), 'cancel']));
    }
    if (failure) lines.push(this.notice('error', failure, [t('Retry'), 'retry'], [t('Show Log'), 'showLog']));
    if (state.stale.length > 0) lines.push(this.notice('info', staleText(state.stale), [t('Run Again'), 'runAgain']));
    const summary = state.parts.summary.value;
    if (state.run.stopped) lines.push(this.notice('info', state.run.stopped));
    for (const text of summary ? notices(summary, state.run) : []) lines.push(this.notice('warning', text));
    const host = byId('notices');
    // A region that is read aloud is left alone while it says the same.
    if (
      lines.map((line) => line.textContent).join('\n') === [...host.children].map((line) => line.textContent).join('\n')
    )
      return;
    host.replaceChildren(...lines);
  }

  private notice(kind: string, text: string, ...actions: [string, PanelAction | 'retry' | 'cancel'][]): HTMLElement {
    const line = element('p', { class: kind }, text);
    for (const [title, action] of actions) {
      const button = element('button', { type: 'button', class: 'link' }, title);
      button.addEventListener('click', () => this.options.onAct(action));
      line.append(' ', button);
    }
    return line;
  }

  private watch(loading: boolean): void {
    if (loading === (this.timer !== null)) return;
    if (this.timer) clearTimeout(this.timer);
    this.slow = false;
    this.timer = loading
      ? setTimeout(() => {
          this.slow = true;
          if (this.last) this.drawNotices(this.last);
        }, patienceMs)
      : null;
  }
}
