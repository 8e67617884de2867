/** A button with a menu: items that do something, and items that are on or off. */
import { element, icon } from './dom';
import './menu.css';

/** Between the menu and the edge of the page. */
const gap = 4;

export interface MenuItem {
  text: string;
  /** Of an item that is on or off. */
  checked?: boolean;
  choose(): void;
}

export class Menu {
  private readonly button: HTMLButtonElement;
  private readonly list = element('div', { role: 'menu', class: 'menu' });

  /** `items` is asked each time the menu opens; null is a line between items. */
  constructor(
    host: HTMLElement,
    label: string,
    svg: string,
    private readonly items: () => (MenuItem | null)[],
  ) {
    this.button = element('button', {
      type: 'button',
      class: 'quiet',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': label,
      title: label,
    });
    this.button.append(icon(svg));
    this.list.hidden = true;
    host.append(this.button, this.list);
    this.button.addEventListener('click', () => (this.list.hidden ? this.open() : this.close()));
    this.list.addEventListener('keydown', (event) => this.onKey(event));
    addEventListener('pointerdown', (event) => {
      if (!this.list.hidden && event.target instanceof Node && !host.contains(event.target)) this.close(false);
    });
    addEventListener('blur', () => this.close(false));
  }

  private open(): void {
    this.list.replaceChildren(...this.items().map((item) => (item ? this.itemElement(item) : element('hr'))));
    this.list.hidden = false;
    this.keepInSight();
    this.button.setAttribute('aria-expanded', 'true');
    this.list.querySelector('button')?.focus();
  }

  /** Below its button, or as much higher as it needs to be whole. */
  private keepInSight(): void {
    this.list.style.translate = '';
    const { top, bottom } = this.list.getBoundingClientRect();
    const higher = Math.min(bottom - innerHeight + gap, top - gap);
    if (higher > 0) this.list.style.translate = `0 ${-higher}px`;
  }

  private close(focus = true): void {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (focus) this.button.focus();
  }

  private itemElement({ text, checked, choose }: MenuItem): HTMLElement {
    const toggles = checked !== undefined;
    const made = element('button', { type: 'button', role: toggles ? 'menuitemcheckbox' : 'menuitem', tabindex: '-1' });
    if (toggles) made.setAttribute('aria-checked', String(checked));
    made.append(element('span', { class: 'check', 'aria-hidden': 'true' }, checked ? '✓' : ''), text);
    made.addEventListener('click', () => {
      this.close();
      choose();
    });
    return made;
  }

  private onKey(event: KeyboardEvent): void {
    const items = [...this.list.querySelectorAll('button')];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
