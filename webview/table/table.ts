/** Rows as a table: the flame graph's twin for those who read rather than look. Only rows in sight have elements. */
import type { PanelView, SortColumn } from '../../extension/shared/panel';
import type { Units } from '../../extension/shared/units';
import { element } from '../shell/dom';
import { shownText } from '../shell/shown';
import type { Column } from './columns';
import { type Row, sorted } from './rows';
import './table.css';
import { windowOf } from './window';

const rowHeight = 22;

export interface TableOptions {
  onSort(column: SortColumn): void;
  /** A row was clicked, or Enter pressed on it; with Ctrl or Cmd held `only` reveals, with Alt beside. */
  onChoose(row: Row, how: { only: boolean; beside: boolean }): void;
}

interface Content {
  label: string;
  columns: readonly Column[];
  rows: readonly Row[];
  sort: PanelView['sort'];
  units: Units;
  /** Told when there are no rows. */
  empty: string;
}

export class DataTable {
  private readonly head = element('thead');
  private readonly above = element('tr', { 'aria-hidden': 'true', class: 'spacer' });
  private readonly below = element('tr', { 'aria-hidden': 'true', class: 'spacer' });
  private readonly body = element('tbody', {}, this.above, this.below);
  private readonly grid = element('table', { role: 'grid' }, this.head, this.body);
  private readonly emptyText = element('p', { class: 'empty' });
  private readonly elements = new Map<Row, HTMLTableRowElement>();
  private shown: Content | null = null;
  private rows: readonly Row[] = [];
  private selected: Row | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: TableOptions,
  ) {
    host.append(this.grid, this.emptyText);
    this.grid.addEventListener('click', (event) => {
      const row = this.rowAt(event.target);
      if (row) options.onChoose(row, { only: event.ctrlKey || event.metaKey, beside: event.altKey });
    });
    this.body.addEventListener('keydown', (event) => this.onKey(event));
    host.addEventListener('scroll', () => requestAnimationFrame(() => this.drawWindow()));
    new ResizeObserver(() => this.drawWindow()).observe(host);
  }

  show(content: Content): void {
    const before = this.shown;
    this.shown = content;
    if (before?.sort !== content.sort || before.columns !== content.columns) this.drawHead(content);
    this.grid.setAttribute('aria-label', content.label);
    const same =
      before?.rows === content.rows &&
      before.sort === content.sort &&
      before.units === content.units &&
      before.columns === content.columns;
    if (!same) {
      this.rows = sorted(content.rows, content.sort);
      this.grid.setAttribute('aria-rowcount', String(this.rows.length + 1));
      const focused = this.body.contains(document.activeElement);
      for (const each of this.elements.values()) each.remove();
      this.elements.clear();
      // Room for all, or there would be none to scroll to what is selected.
      this.above.style.height = '0';
      this.below.style.height = `${this.rows.length * rowHeight}px`;
      if (before?.columns !== content.columns) this.host.scrollTop = 0;
      this.select(this.selected && sameRow(this.selected, this.rows));
      if (focused) this.focusCurrent();
    }
    this.emptyText.textContent = content.empty;
    this.emptyText.hidden = content.rows.length > 0;
    this.grid.hidden = content.rows.length === 0;
    this.drawWindow();
  }

  select(row: Row | null): void {
    this.selected = row;
    if (row) this.scrollTo(this.rows.indexOf(row));
    this.drawWindow();
    for (const [each, tr] of this.elements) {
      tr.setAttribute('aria-selected', String(each === row));
    }
  }

  private scrollTo(index: number): void {
    if (index < 0) return;
    const head = this.head.offsetHeight;
    const [top, bottom] = [index * rowHeight, (index + 1) * rowHeight];
    const height = this.host.clientHeight - head;
    if (top < this.host.scrollTop) this.host.scrollTop = top;
    else if (bottom > this.host.scrollTop + height) this.host.scrollTop = bottom - height;
  }

  private drawWindow(): void {
    const content = this.shown;
    if (!content) return;
    const { from, to } = windowOf(this.rows.length, rowHeight, this.host.scrollTop, this.host.clientHeight);
    const wanted = this.rows.slice(from, to);
    const keep = new Set(wanted);
    for (const [row, tr] of this.elements) {
      if (keep.has(row)) continue;
      tr.remove();
      this.elements.delete(row);
    }
    let before: Element = this.above;
    for (const [i, row] of wanted.entries()) {
      let tr = this.elements.get(row);
      if (!tr) {
        tr = this.rowElement(row, from + i, content);
        this.elements.set(row, tr);
      }
      if (before.nextSibling !== tr) before.after(tr);
      before = tr;
    }
    // One row takes part in the order of Tab, whatever is in sight.
    const current = this.selected && keep.has(this.selected) ? this.selected : wanted[0];
    for (const [row, tr] of this.elements) tr.tabIndex = row === current ? 0 : -1;
    this.above.style.height = `${from * rowHeight}px`;
    this.below.style.height = `${(this.rows.length - to) * rowHeight}px`;
  }

  private rowElement(row: Row, index: number, { columns, units }: Content): HTMLTableRowElement {
    const tr = element('tr', { title: shownText(row.file ?? row.name), 'aria-rowindex': String(index + 2) });
    tr.append(...columns.map(({ className, cell }) => element('td', { class: className }, ...cell(row, units))));
    tr.setAttribute('aria-selected', String(row === this.selected));
    return tr;
  }

  private drawHead({ sort, columns }: Content): void {
    const cells = columns.map(({ title, sort: column, className }) => {
      const cell = element('th', { class: className, scope: 'col' });
      if (!column) {
        cell.append(title);
        return cell;
      }
      if (sort.column === column) cell.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
      const button = element('button', { type: 'button' }, title);
      button.addEventListener('click', () => {
        this.options.onSort(column);
        this.head.querySelector<HTMLElement>('[aria-sort] button')?.focus();
      });
      cell.append(button);
      return cell;
    });
    this.head.replaceChildren(element('tr', {}, ...cells));
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rowAt(event.target);
    if (!at) return;
    const page = Math.max(1, Math.floor(this.host.clientHeight / rowHeight) - 2);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.rows.length,
      End: this.rows.length,
    };
    const step = event.altKey ? undefined : steps[event.key];
    if (step !== undefined) {
      this.select(this.rows[Math.min(this.rows.length - 1, Math.max(0, this.rows.indexOf(at) + step))]!);
      this.focusCurrent();
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.options.onChoose(at, { only: event.ctrlKey || event.metaKey, beside: event.altKey });
    } else return;
    event.preventDefault();
  }

  private focusCurrent(): void {
    const current = this.selected ?? this.rows[0];
    if (current) this.elements.get(current)?.focus({ preventScroll: true });
  }

  private rowAt(target: EventTarget | null): Row | null {
    const tr = target instanceof Element ? target.closest('tr') : null;
    for (const [row, each] of this.elements) if (each === tr) return row;
    return null;
  }
}

/** The row of the same thing in another answer. */
function sameRow(row: Row, rows: readonly Row[]): Row | null {
  return (
    rows.find(
      (each) => each.name === row.name && each.file === row.file && each.line === row.line && each.group === row.group,
    ) ?? null
  );
}
