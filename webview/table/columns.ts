import type { SortColumn } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { formatBytes, formatChange, formatCount, formatShare, type Units } from '../../extension/shared/units';
import { growthColour, originColour, originNames } from '../flamegraph/colours';
import { element } from '../shell/dom';
import { shownText } from '../shell/shown';
import { changeOf, changeWithCallees, type Row, type RowKind } from './rows';

export interface Column {
  title: string;
  /** What a heading sorts by; nothing when it can't. */
  sort?: SortColumn;
  className: string;
  cell(row: Row, units: Units): (Node | string)[];
}

const figure = (
  title: string,
  sort: SortColumn,
  className: string,
  text: (row: Row, units: Units) => string,
): Column => ({
  title,
  sort,
  className: `figure ${className}`,
  cell: (row, units) => [text(row, units)],
});

const nameColumn = (title: string): Column => ({ title, sort: 'name', className: 'function', cell: nameCell });
const own = (title: string) => figure(title, 'own', 'own', (row, units) => formatBytes(row.own, units));
const share: Column = { title: t('Share'), className: 'figure share', cell: (row) => [formatShare(row.share)] };
const bar: Column = { title: '', className: 'bar', cell: barCell };
const withCallees = figure(t('With callees'), 'with_callees', 'callees', (row, units) =>
  row.withCallees === null ? '' : formatBytes(row.withCallees, units),
);
const allocations = figure(t('Allocations'), 'allocations', 'callees', (row) => formatCount(row.allocations));

const ofCode = (title: string) => [nameColumn(title), own(t('Own')), share, bar, withCallees];
const ofAll = (title: string) => [nameColumn(title), own(t('Bytes')), share, bar, allocations];

export const columnsOf: Record<RowKind, Column[]> = {
  functions: ofCode(t('Function')),
  lines: ofCode(t('Line')),
  modules: ofCode(t('Module')),
  threads: ofAll(t('Thread')),
  allocators: ofAll(t('Allocator')),
  sizes: ofAll(t('Size of a block')),
  neighbours: ofAll(t('Caller or callee')),
};

const changeText = (change: number | null, units: Units) => (change === null ? '' : formatChange(change, units));
const change = figure(t('Change'), 'change', 'change', (row, units) => changeText(changeOf(row), units));
const calleesChange = figure(t('Change'), 'callees_change', 'change', (row, units) =>
  changeText(changeWithCallees(row), units),
);
const compared = (columns: Column[]) =>
  columns.flatMap((column) =>
    column === share ? [change] : column === withCallees ? [column, calleesChange] : [column],
  );

/** Of two captures. */
export const comparedColumnsOf: Record<RowKind, Column[]> = {
  ...columnsOf,
  functions: compared(columnsOf.functions),
  // Of lines the comparison knows their own bytes alone.
  lines: compared(columnsOf.lines.filter((column) => column !== withCallees)),
  modules: compared(columnsOf.modules),
  threads: compared(columnsOf.threads),
  allocators: compared(columnsOf.allocators),
  sizes: compared(columnsOf.sizes),
};

const arrows = { callers: ['↑', t('Caller')], callees: ['↓', t('Callee')] } as const;

function nameCell({ name, place, origin, group }: Row): (Node | string)[] {
  const parts: (Node | string)[] = [];
  if (group) {
    const [arrow, spoken] = arrows[group];
    parts.push(element('span', { class: 'arrow', role: 'img', 'aria-label': spoken, title: spoken }, arrow));
  }
  if (origin) {
    const dot = element('span', { class: 'dot', role: 'img', 'aria-label': originNames[origin] });
    dot.style.background = originColour(origin);
    parts.push(dot);
  }
  parts.push(element('span', { class: 'name' }, shownText(name)), ' ', element('span', { class: 'place' }, place));
  return parts;
}

function barCell(row: Row): Node[] {
  const { bar, origin } = row;
  const fill = element('span', { class: 'fill', 'aria-hidden': 'true' });
  const difference = changeOf(row);
  fill.style.width = `${Math.max(bar * 100, bar > 0 ? 3 : 0)}%`;
  fill.style.background = difference === null ? originColour(origin ?? 'native') : growthColour(difference);
  return [fill];
}
