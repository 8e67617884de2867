import { element, icon } from './dom';

export interface Choice<T> {
  value: T;
  text: string;
  title?: string;
  icon?: string;
}

/** Some buttons of which one is down: a radio group, one stop of Tab, arrows choose. */
export class Segments<T> {
  private readonly buttons: HTMLButtonElement[];
  private value: T | undefined;

  constructor(
    host: HTMLElement,
    label: string,
    private readonly choices: readonly Choice<T>[],
    private readonly onChoose: (value: T) => void,
  ) {
    host.setAttribute('role', 'radiogroup');
    host.setAttribute('aria-label', label);
    host.classList.add('segments');
    this.buttons = choices.map((choice) => {
      const button = element('button', { type: 'button', role: 'radio', title: choice.title ?? '' });
      button.setAttribute('aria-label', choice.text);
      if (choice.icon) button.append(icon(choice.icon));
      button.append(element('span', {}, choice.text));
      button.addEventListener('click', () => this.choose(choice.value));
      return button;
    });
    host.append(...this.buttons);
    host.addEventListener('keydown', (event) => this.onKey(event));
  }

  show(value: T): void {
    this.value = value;
    this.buttons.forEach((button, i) => {
      const chosen = this.choices[i]!.value === value;
      button.setAttribute('aria-checked', String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    });
  }

  private onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = this.choices.findIndex((choice) => choice.value === this.value);
    const to = (at + step + this.choices.length) % this.choices.length;
    this.choose(this.choices[to]!.value);
    this.buttons[to]!.focus();
  }

  private choose(value: T): void {
    if (value !== this.value) this.onChoose(value);
  }
}
