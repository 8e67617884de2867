/** The top of the panel: how the program ended, the key figures, and how far the reading is. */
import { t } from '../../extension/shared/translate';
import './header.css';
import { byId, element } from './dom';
import { type NoticeAction, NoticeList, noticesOf } from './notices';
import { isLoading, type State } from './state';
import { keyFigures, sinceText } from './words';

/** A reading that takes no longer is told by the bar alone. */
const patienceMs = 1000;

export interface HeaderOptions {
  onAct(action: NoticeAction): void;
}

export class Header {
  private slow = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private last: State | null = null;
  private readonly notices: NoticeList;

  constructor(options: HeaderOptions) {
    this.notices = new NoticeList(byId('notices'), options.onAct);
    byId('since').addEventListener('click', () => options.onAct('stopComparing'));
    byId('previous').addEventListener('click', () => options.onAct('comparePrevious'));
  }

  show(state: State): void {
    this.last = state;
    this.watch(isLoading(state));
    // Of a program that runs, figures come twice a second: a bar would never end.
    byId('progress').hidden = state.run.live || (!isLoading(state) && state.capture !== null);
    this.notices.show(noticesOf(state, this.slow));
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

  private watch(loading: boolean): void {
    if (loading === (this.timer !== null)) return;
    if (this.timer) clearTimeout(this.timer);
    this.slow = false;
    this.timer = loading
      ? setTimeout(() => {
          this.slow = true;
          if (this.last) this.notices.show(noticesOf(this.last, true));
        }, patienceMs)
      : null;
  }
}
