/** The lower half: a row of tabs, and the table or the line that is chosen with them. */
import type { PanelAnswers, PanelView, TableKind } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import type { Frame } from '../flamegraph/frame';
import { LineView } from '../line/lineView';
import { columnsOf, comparedColumnsOf } from '../table/columns';
import { comparedCode, comparedRows, filtered, type Row, type RowKind, toRows } from '../table/rows';
import { DataTable, type TableOptions } from '../table/table';
import { UnfreedView } from '../unfreed/unfreedView';
import { byId } from './dom';
import './lower.css';
import { Segments } from './segments';
import type { State } from './state';
import { cutText } from './words';

const kinds: { value: TableKind; text: string; title: string }[] = [
  { value: 'functions', text: t('Functions'), title: t('All functions') },
  { value: 'lines', text: t('Lines'), title: t('All lines') },
  { value: 'modules', text: t('Modules'), title: t('Modules and packages') },
  { value: 'threads', text: t('Threads'), title: t('Threads that allocated') },
  { value: 'allocators', text: t('Allocators'), title: t('Functions that memory was asked of') },
  { value: 'sizes', text: t('Sizes'), title: t('Blocks by their size') },
  { value: 'unfreed', text: t('Leaks'), title: t('What is left, by stack, and why it is suspected') },
  { value: 'neighbours', text: t('Callers & callees'), title: t('Of the selected function') },
  { value: 'line', text: t('Line'), title: t('All about the selected line') },
];

export interface LowerOptions extends TableOptions {
  onKind(kind: TableKind): void;
  onReveal(file: string, line: number, beside?: boolean): void;
  /** A line was chosen: the graph shows where it is. */
  onSelectLine(file: string, line: number): void;
}

export class Lower {
  private rows: readonly Row[] = [];
  /** The answers that the rows were made of. */
  private rowsOf: readonly unknown[] = [];
  private left: { rows: readonly Row[]; search: string; of: readonly Row[] } = { rows: [], search: '', of: [] };
  private readonly tabs: Segments<TableKind>;
  private readonly table: DataTable;
  private readonly unfreed: UnfreedView;
  private readonly line: LineView;

  constructor(options: LowerOptions) {
    this.tabs = new Segments(byId('kinds'), t('Table'), kinds, (kind) => options.onKind(kind));
    this.table = new DataTable(byId('table'), options);
    this.unfreed = new UnfreedView(byId('unfreed'), (file, line, beside) => {
      options.onSelectLine(file, line);
      options.onReveal(file, line, beside);
    });
    this.line = new LineView(byId('line'), (file, line) => options.onReveal(file, line));
  }

  show(state: State): void {
    const { view, units } = state;
    this.tabs.show(view.table);
    for (const kind of ['line', 'unfreed']) byId(kind).hidden = view.table !== kind;
    byId('table').hidden = view.table === 'line' || view.table === 'unfreed';
    if (view.table === 'line') this.showLine(state);
    else if (view.table === 'unfreed') this.showUnfreed(state);
    else {
      this.readRows(view.table, state);
      this.table.show({
        label: kinds.find(({ value }) => value === view.table)!.title,
        columns: (view.base ? comparedColumnsOf : columnsOf)[view.table],
        rows: this.filter(view.search),
        sort: view.sort,
        units,
        empty: emptyText(view, this.rows.length > 0),
      });
    }
    const note = byId('note');
    note.textContent = byId('table').hidden ? '' : this.noteOf(state);
    note.hidden = note.textContent === '';
  }

  select(frame: Frame | null): void {
    this.table.select(frame && (this.rows.find((row) => isOf(row, frame)) ?? null));
  }

  selectRow(row: Row | null): void {
    this.table.select(row);
  }

  /** The row of a line, in the table of lines. */
  selectLine(file: string, line: number): void {
    const row = this.rows.find((each) => each.file === file && each.line === line);
    if (row) this.table.select(row);
  }

  resize(): void {
    this.line.resize();
  }

  recolour(): void {
    this.line.recolour();
  }

  /** Shares need the total, which comes with the tree; rows of one measure never stand beside the total of another. */
  private readRows(kind: RowKind, { parts, view, units }: State): void {
    const tree = parts.tree.value;
    const needed = partsOf(kind, view).map((part) => parts[part]);
    if (needed.some(({ value }) => value === null)) {
      this.rows = [];
      this.rowsOf = [];
      return;
    }
    if (!tree || parts.tree.asked !== null || needed.some(({ asked }) => asked !== null)) return;
    const of = [kind, view.base?.path, ...needed.map(({ value }) => value)];
    if (of.every((each, i) => each === this.rowsOf[i])) return;
    const [answer, base] = needed.map(({ value }) => value);
    this.rows = rowsOf(kind, answer, base, { measure: view.measure, total: tree.total_bytes, units });
    this.rowsOf = of;
  }

  /** That rows are left out, so that nobody takes those that are here for all. */
  private noteOf({ view, parts }: State): string {
    const { table, base } = view;
    const [part] = partsOf(table as RowKind, view);
    const answer = part && (parts[part].value as Cut | null);
    const left =
      answer &&
      (base && table === 'lines'
        ? answer.total_lines
        : base && table === 'functions'
          ? answer.total_functions
          : answer.total);
    return left ? cutText(this.rows.length, left, base !== null) : '';
  }

  private filter(search: string): readonly Row[] {
    if (this.left.search !== search || this.left.of !== this.rows) {
      this.left = { rows: filtered(this.rows, search), search, of: this.rows };
    }
    return this.left.rows;
  }

  private showUnfreed({ view, parts, units }: State): void {
    const { value: unfreed, asked } = parts.unfreed;
    if (asked === null || unfreed === null)
      this.unfreed.show({ unfreed, units, range: view.range, search: view.search });
  }

  private showLine({ view, parts, units }: State): void {
    if (!view.line) return;
    const { line_detail, history } = parts;
    const answers = line_detail.asked === null && history.asked === null;
    if (answers) this.line.show({ line: view.line, detail: line_detail.value, history: history.value, units });
  }
}

type Part = keyof State['parts'];
/** How many rows there are, of answers that have not all. */
type Cut = Partial<Record<'total' | 'total_lines' | 'total_functions', number>>;

/** What the rows of a table are made of. */
function partsOf(kind: RowKind, { base }: PanelView): Part[] {
  if (!base || kind === 'neighbours') return [kind];
  return kind === 'functions' || kind === 'lines' ? ['diff'] : [kind, 'base_rows'];
}

function rowsOf(
  kind: RowKind,
  answer: unknown,
  base: unknown,
  { measure, total, units }: { measure: PanelView['measure']; total: number; units: State['units'] },
): Row[] {
  type Named = 'modules';
  if ((kind === 'functions' || kind === 'lines') && 'before' in (answer as object)) {
    return comparedCode(kind, answer as PanelAnswers['diff'], measure, total);
  }
  if (base) {
    // Both are answers to the same question.
    const [now, before] = [answer, base] as [PanelAnswers[Named], PanelAnswers[Named]];
    return comparedRows<Named>(kind as Named, now, before, measure, total, units);
  }
  return toRows<RowKind>(kind, answer as PanelAnswers[RowKind], measure, total, units);
}

function isOf(row: Row, frame: Frame): boolean {
  if (row.name !== frame.name || row.file !== frame.file) return false;
  return row.firstLine === null ? row.line === frame.line : row.firstLine === frame.firstLine;
}

function emptyText({ table, around }: PanelView, hasRows: boolean): string {
  if (table === 'neighbours' && !around) return t('Select a function to see who calls it and what it calls.');
  return hasRows ? t('Nothing here matches the filter.') : '';
}
