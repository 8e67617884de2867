/** What is left at the end, by stack: what grew first, and apart from it what is kept on purpose. */
import type { PathFrame, Unfreed } from '../../extension/shared/capture';
import { t } from '../../extension/shared/translate';
import { formatBytes } from '../../extension/shared/units';
import { placeOf } from '../flamegraph/frame';
import { element } from '../shell/dom';
import { shownText } from '../shell/shown';
import { emptyText } from '../shell/words';
import { type Context, type Section, sectionsOf, type Told } from './reasons';
import './unfreed.css';

interface Content extends Context {
  unfreed: Unfreed | null;
}

export class UnfreedView {
  private shown: Content | null = null;
  /** Groups whose stack is shown; they stay so while the program runs. */
  private readonly open = new Set<string>();

  constructor(
    private readonly host: HTMLElement,
    private readonly choose: (file: string, line: number, beside: boolean) => void,
  ) {}

  show(content: Content): void {
    const before = this.shown;
    const keys = ['unfreed', 'range', 'units', 'search'] as const;
    if (before && keys.every((key) => before[key] === content[key])) return;
    this.shown = content;
    const { unfreed, search, range } = content;
    if (!unfreed) {
      this.host.replaceChildren();
      return;
    }
    const focused = (document.activeElement as HTMLElement | null)?.dataset.key;
    const sections = sectionsOf(unfreed, content);
    this.host.replaceChildren(
      ...(sections.length > 0
        ? sections.map((section) => this.section(section))
        : [
            element(
              'p',
              { class: 'empty' },
              search ? t('Nothing here matches the filter.') : emptyText('unfreed', range !== null),
            ),
          ]),
    );
    const again = [...this.host.querySelectorAll<HTMLElement>('[data-key]')].find(
      ({ dataset }) => dataset.key === focused,
    );
    if (focused) again?.focus({ preventScroll: true });
  }

  private section({ title, hint, bytes, groups }: Section): HTMLElement {
    const { units } = this.shown!;
    return element(
      'section',
      { 'aria-label': title },
      element('h3', {}, title, element('span', { class: 'hint' }, ` ${formatBytes(bytes, units)} · ${hint}`)),
      element('ul', {}, ...groups.map((group) => this.group(group))),
    );
  }

  private group(told: Told): HTMLElement {
    const { units } = this.shown!;
    const { key, group, name, place, file, line, reason } = told;
    const stack = element('ol', { class: 'stack' });
    const toggle = element('button', {
      type: 'button',
      class: 'toggle',
      'aria-label': t('Stack of {0}', name),
      'data-key': key,
    });
    const draw = () => {
      const isOpen = this.open.has(key);
      toggle.setAttribute('aria-expanded', String(isOpen));
      stack.hidden = !isOpen;
      if (isOpen && stack.childElementCount === 0) stack.append(...group.path.map((frame) => this.frame(frame)));
    };
    toggle.addEventListener('click', () => {
      if (!this.open.delete(key)) this.open.add(key);
      draw();
    });
    draw();
    const title = element('span', { class: 'name' }, name);
    return element(
      'li',
      {},
      element(
        'div',
        { class: 'head' },
        toggle,
        element('b', { class: 'figure' }, formatBytes(group.bytes, units)),
        spark(told),
        file !== null && line !== null ? this.link(file, line, title, place) : title,
      ),
      element('p', { class: 'reason' }, reason),
      stack,
    );
  }

  private frame({ file, line, function: name }: PathFrame): HTMLElement {
    const title = element('span', { class: 'name' }, shownText(name));
    return element(
      'li',
      {},
      file !== null && line !== null ? this.link(file, line, title, placeOf(file, line)) : title,
    );
  }

  private link(file: string, line: number, title: HTMLElement, place: string): HTMLElement {
    const button = element('button', { type: 'button', class: 'link', title: shownText(`${file}:${line}`) }, title);
    if (place) button.append(' ', element('span', { class: 'place' }, place));
    button.addEventListener('click', (event) => this.choose(file, line, event.altKey));
    return button;
  }
}

/** How much was added in each part, from left to right. */
function spark({ growth }: Told): HTMLElement {
  const label = t(
    'Growth over time, in parts: {0} of the most',
    growth.map((each) => `${Math.round(each * 100)} %`).join(', '),
  );
  const bars = growth.map((each) => {
    const bar = element('span');
    bar.style.height = `${each > 0 ? Math.max(12, each * 100) : 0}%`;
    return bar;
  });
  return element(
    'span',
    { class: 'spark', role: 'img', 'aria-label': label, title: t('What was added over time') },
    ...bars,
  );
}
