/** What is said above the figures: how far a reading is, what failed, how the program ended. */
import type { PanelAction } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { element } from './dom';
import { failureOf, isLoading, type State } from './state';
import { notices as notesOf, readingText, staleText } from './words';

export type NoticeAction = PanelAction | 'retry' | 'cancel';

export interface Notice {
  /** Notices of one key are one, whose text changes. */
  key: string;
  kind: 'info' | 'warning' | 'error';
  text: string;
  /** What is read aloud in place of a text that changes many times a second. */
  spoken?: string;
  actions: [title: string, action: NoticeAction][];
}

/** In the order in which they stand, which stays. `slow`: the reading takes so long that it is worth a word. */
export function noticesOf(state: State, slow: boolean): Notice[] {
  const { reading, units, stale, run, parts } = state;
  const all: Notice[] = [];
  if (slow && isLoading(state) && !run.live) {
    all.push({
      key: 'reading',
      kind: 'info',
      text: readingText(reading, units),
      spoken: readingText(null, units),
      actions: [[t('Cancel'), 'cancel']],
    });
  }
  const failure = failureOf(state);
  if (failure) {
    const actions: Notice['actions'] = [
      [t('Retry'), 'retry'],
      [t('Show Log'), 'showLog'],
    ];
    all.push({ key: 'failure', kind: 'error', text: failure, actions });
  }
  if (stale.length > 0) {
    all.push({ key: 'stale', kind: 'info', text: staleText(stale), actions: [[t('Run Again'), 'runAgain']] });
  }
  if (run.stopped) all.push({ key: 'stopped', kind: 'info', text: run.stopped, actions: [] });
  const notes = parts.summary.value ? notesOf(parts.summary.value, run) : [];
  return [...all, ...notes.map((text): Notice => ({ key: `note ${text}`, kind: 'warning', text, actions: [] }))];
}

/**
 * Draws them into a region that is read aloud. Elements stay while their notice does: a button that is replaced can't be
 * clicked and loses the keyboard, and a region that is written again speaks again.
 */
export class NoticeList {
  private readonly lines = new Map<string, { line: HTMLElement; text: HTMLElement }>();

  constructor(
    private readonly host: HTMLElement,
    private readonly onAct: (action: NoticeAction) => void,
  ) {}

  show(notices: readonly Notice[]): void {
    const keys = new Set(notices.map(({ key }) => key));
    for (const [key, { line }] of this.lines) {
      if (keys.has(key)) continue;
      line.remove();
      this.lines.delete(key);
    }
    for (const [place, notice] of notices.entries()) {
      const known = this.lines.get(notice.key);
      if (!known) this.host.insertBefore(this.make(notice), this.host.children[place] ?? null);
      else if (known.text.textContent !== notice.text) known.text.textContent = notice.text;
    }
  }

  private make({ key, kind, text: words, spoken, actions }: Notice): HTMLElement {
    const text = element('span', spoken === undefined ? {} : { 'aria-hidden': 'true' }, words);
    const line = element('p', { class: kind }, text);
    if (spoken !== undefined) line.append(element('span', { class: 'spoken' }, spoken));
    for (const [title, action] of actions) {
      const button = element('button', { type: 'button', class: 'link' }, title);
      button.addEventListener('click', () => this.onAct(action));
      line.append(' ', button);
    }
    this.lines.set(key, { line, text });
    return line;
  }
}
