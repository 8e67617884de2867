/** The page's own bar above the panel: the capture's name, what the editor has elsewhere, and the colours. */
import { element } from '../shell/dom';
import type { Switches } from './host';
import { currentTheme, setTheme } from './theme';

const switches = [
  { name: 'hideImports', text: 'Hide imports', title: 'Without what was asked for while modules were imported' },
  { name: 'onlyAllocations', text: 'Only allocations', title: 'Without frames that merely pass through' },
] as const;

export interface BarOptions {
  title: string;
  onChoose(change: Partial<Switches>): void;
  onSaveTimeline(): void;
}

export class Bar {
  readonly element: HTMLElement;
  private readonly boxes: Record<keyof Switches, HTMLInputElement>;

  constructor(options: BarOptions) {
    const boxes = switches.map(({ name, text, title }) => {
      const box = element('input', { type: 'checkbox' });
      box.addEventListener('change', () => options.onChoose({ [name]: box.checked }));
      return { name, box, label: element('label', { title }, box, ` ${text}`) };
    });
    this.boxes = Object.fromEntries(boxes.map(({ name, box }) => [name, box])) as Record<
      keyof Switches,
      HTMLInputElement
    >;
    this.element = element(
      'header',
      { id: 'bar' },
      element('b', {}, options.title),
      ...boxes.map(({ label }) => label),
      button('Heap and RSS as CSV', () => options.onSaveTimeline()),
      button('Light or dark', () => setTheme(currentTheme() === 'dark' ? 'light' : 'dark')),
    );
  }

  show(chosen: Switches): void {
    for (const { name } of switches) this.boxes[name].checked = chosen[name];
  }
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'link' }, text);
  made.addEventListener('click', act);
  return made;
}
