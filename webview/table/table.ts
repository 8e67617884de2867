/** The functions as a table: the flame graph's twin for those who read rather than look. */
import type { PanelView, SortColumn } from '../../extension/shared/panel';
import { formatBytes, formatShare, type Units } from '../../extension/shared/units';
import { originColour, originNames } from '../flamegraph/colours';
import { placeOf } from '../flamegraph/frame';
import { element } from '../shell/dom';
import './table.css';
import { hitsOf, type Row, sorted } from './rows';

export interface TableOptions {
  onSort(column: SortColumn): void;
  /** A row was clicked, or Enter pressed on it; with Ctrl or Cmd held `only` is true. */
  onChoose(row: Row, only: boolean): void;
}

interface Content {
  rows: readonly Row[];
  sort: PanelView['sort'];
  search: string;
  units: Units;
}

const columns: { title: string; sort?: SortColumn; className: string }[] = [
  { title: 'Function', sort: 'name', className: 'function' },
  { title: 'Own', sort: 'own', className: 'figure own' },
  { title: 'Share', className: 'figure share' },
  { title: '', className: 'bar' },
  { title: 'With callees', sort: 'with_callees', className: 'figure callees' },
];

export class FunctionTable {
  private readonly head = element('thead');
  private readonly body = element('tbody');
  private elements = new Map<Row, HTMLTableRowElement>();
  private shown: Content | null = null;
  private selected: Row | null = null;

  constructor(
    host: HTMLElement,
    private readonly options: TableOptions,
  ) {
    host.append(element('table', { role: 'grid', 'aria-label': 'Functions' }, this.head, this.body));
    this.body.addEventListener('click', (event) => {
      const row = this.rowAt(event.target);
      if (row) this.options.onChoose(row, event.ctrlKey || event.metaKey);
    });
    this.body.addEventListener('keydown', (event) => this.onKey(event));
  }

  show(content: Content): void {
    const before = this.shown;
    this.shown = content;
    if (before?.sort !== content.sort) this.drawHead(content.sort);
    if (before?.rows !== content.rows || before.sort !== content.sort || before.units !== content.units) {
      this.drawBody(content);
    }
    const hits = hitsOf(content.rows, content.search);
    for (const [row, tr] of this.elements) tr.classList.toggle('dimmed', hits !== null && !hits.has(row));
  }

  select(row: Row | null): void {
    this.selected = row;
    const first = this.elements.keys().next().value;
    for (const [each, tr] of this.elements) {
      tr.setAttribute('aria-selected', String(each === row));
      tr.tabIndex = each === (row ?? first) ? 0 : -1;
    }
    if (row) this.elements.get(row)?.scrollIntoView({ block: 'nearest' });
  }

  private drawHead(sort: PanelView['sort']): void {
    this.head.replaceChildren(
      element(
        'tr',
        {},
        ...columns.map(({ title, sort: column, className }) => {
          const cell = element('th', { class: className, scope: 'col' });
          if (!column) cell.append(title);
          else {
            const active = sort.column === column;
            if (active) cell.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
            const button = element('button', { type: 'button' }, title);
            button.addEventListener('click', () => {
              this.options.onSort(column);
              this.head.querySelector<HTMLElement>('[aria-sort] button')?.focus();
            });
            cell.append(button);
          }
          return cell;
        }),
      ),
    );
  }

  private drawBody({ rows, sort, units }: Content): void {
    this.elements = new Map(sorted(rows, sort).map((row) => [row, rowElement(row, units)]));
    this.body.replaceChildren(...this.elements.values());
    const { selected } = this;
    this.select(selected && this.elements.has(selected) ? selected : null);
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rowAt(event.target);
    if (!at || event.altKey) return;
    const rows = [...this.elements.keys()];
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key];
    if (step !== undefined) {
      const to = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(at) + step))]!;
      this.select(to);
      this.elements.get(to)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.options.onChoose(at, event.ctrlKey || event.metaKey);
    } else return;
    event.preventDefault();
  }

  private rowAt(target: EventTarget | null): Row | null {
    const tr = target instanceof Element ? target.closest('tr') : null;
    for (const [row, each] of this.elements) if (each === tr) return row;
    return null;
  }
}

function rowElement(row: Row, units: Units): HTMLTableRowElement {
  const dot = element('span', { class: 'dot', role: 'img', 'aria-label': originNames[row.origin] });
  dot.style.background = originColour(row.origin);
  const bar = element('span', { class: 'fill' });
  bar.style.width = `${Math.max(row.bar * 100, row.own > 0 ? 3 : 0)}%`;
  bar.style.background = originColour(row.origin);
  const place = placeOf(row.file, row.firstLine);
  return element(
    'tr',
    { title: row.file ?? row.name },
    element(
      'td',
      { class: 'function' },
      dot,
      element('span', { class: 'name' }, row.name),
      ' ',
      element('span', { class: 'place' }, place),
    ),
    element('td', { class: 'figure own' }, formatBytes(row.own, units)),
    element('td', { class: 'figure share' }, formatShare(row.share)),
    element('td', { class: 'bar', 'aria-hidden': 'true' }, bar),
    element('td', { class: 'figure callees' }, formatBytes(row.withCallees, units)),
  );
}
