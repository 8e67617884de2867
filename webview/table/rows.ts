/** What the tables show: rows of one shape, whatever they are of, their order, and those that a filter leaves. */
import type { Figures, Measure, Origin } from '../../extension/shared/capture';
import { allocationsOf, bytesOf } from '../../extension/shared/measures';
import type { PanelAnswers, PanelView, SortColumn, TableKind } from '../../extension/shared/panel';
import { formatBytes, type Units } from '../../extension/shared/units';
import { parseFilter } from '../filter/filter';
import { placeOf } from '../flamegraph/frame';

/** The kinds that have rows: details of a line have a view of their own. */
export type RowKind = Exclude<TableKind, 'line'>;

export interface Row {
  name: string;
  /** Beside the name. */
  place: string;
  file: string | null;
  /** To reveal. */
  line: number | null;
  firstLine: number | null;
  origin: Origin | null;
  own: number;
  /** Null where there is no such thing: a thread has no callees. */
  withCallees: number | null;
  allocations: number;
  /** Own bytes, of the measure in the whole capture: 0–1. */
  share: number;
  /** The same with callees, where there are any. */
  shareWithCallees: number;
  /** Own bytes, of the row with the most: 0–1. */
  bar: number;
  /** Of neighbours: they stand in two groups. */
  group: 'callers' | 'callees' | null;
}

type Unshared = Omit<Row, 'share' | 'shareWithCallees' | 'bar'>;
type Answers = Pick<PanelAnswers, RowKind>;

/** Rows without any of the measure's bytes are left out. */
export function toRows<K extends RowKind>(
  kind: K,
  answer: Answers[K],
  measure: Measure,
  total: number,
  units: Units = 'si',
): Row[] {
  const rows = unsharedRows[kind](answer, measure, units).filter((row) => (row.withCallees ?? row.own) > 0);
  const most = rows.reduce((most, { own }) => Math.max(most, own), 1);
  const share = (bytes: number) => (total > 0 ? bytes / total : 0);
  return rows.map((row) => ({
    ...row,
    share: share(row.own),
    shareWithCallees: share(row.withCallees ?? row.own),
    bar: row.own / most,
  }));
}

const nowhere = { place: '', file: null, line: null, firstLine: null, origin: null, group: null };

const unsharedRows: { [K in RowKind]: (answer: Answers[K], measure: Measure, units: Units) => Unshared[] } = {
  functions: ({ functions }, measure) =>
    functions.map(({ function: name, file, first_line, origin, own, with_callees }) => ({
      name,
      ...placed(file, first_line, first_line, origin),
      ...amounts(own, with_callees, measure),
      group: null,
    })),
  lines: ({ rows }, measure) =>
    rows.map((row) => ({
      name: row.function ?? 'Outside Python code',
      ...placed(row.file, row.line, null, row.origin),
      ...amounts(row, row.with_callees, measure),
      group: null,
    })),
  modules: ({ modules }, measure) =>
    modules.map(({ module: name, origin, own, with_callees }) => ({
      ...nowhere,
      name,
      origin,
      ...amounts(own, with_callees, measure),
    })),
  threads: ({ threads }, measure) =>
    threads.map((row) => ({
      ...nowhere,
      name: row.name || (row.id === 0 ? 'Thread not known' : `Thread ${row.id}`),
      place: row.kernel_id ? `id ${row.kernel_id}` : '',
      ...amounts(row, null, measure),
    })),
  allocators: ({ allocators }, measure) =>
    allocators.map((row) => ({ ...nowhere, name: row.allocator, ...amounts(row, null, measure) })),
  sizes: ({ sizes }, measure, units) =>
    sizes.map((row) => ({
      ...nowhere,
      name: sizeName(row.from_bytes, row.to_bytes, units),
      ...amounts(row, null, measure),
    })),
  neighbours: ({ callers, callees }) =>
    [callers, callees].flatMap((neighbours, i) =>
      neighbours.map(({ function: name, file, first_line, origin, bytes, allocations }) => ({
        name,
        ...placed(file, first_line, first_line, origin),
        own: bytes,
        withCallees: null,
        allocations,
        group: i === 0 ? ('callers' as const) : ('callees' as const),
      })),
    ),
};

function placed(file: string | null, line: number | null, firstLine: number | null, origin: Origin) {
  return { place: placeOf(file, line), file, line, firstLine, origin };
}

function amounts(own: Figures, withCallees: Figures | null, measure: Measure) {
  return {
    own: bytesOf(own, measure),
    withCallees: withCallees && bytesOf(withCallees, measure),
    allocations: allocationsOf(own, measure),
  };
}

function sizeName(from: number, to: number, units: Units): string {
  if (from === to) return formatBytes(from, units);
  return `${formatBytes(from, units)} – ${formatBytes(to, units)}`;
}

const compare: Record<SortColumn, (a: Row, b: Row) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  own: (a, b) => a.own - b.own || (a.withCallees ?? 0) - (b.withCallees ?? 0),
  with_callees: (a, b) => (a.withCallees ?? a.own) - (b.withCallees ?? b.own) || a.own - b.own,
  allocations: (a, b) => a.allocations - b.allocations || a.own - b.own,
};

/** Equal rows stand in the order of their names, whichever way the column runs; groups stay together. */
export function sorted(rows: readonly Row[], { column, descending }: PanelView['sort']): Row[] {
  const sign = descending ? -1 : 1;
  const rank = ({ group }: Row) => (group === 'callees' ? 1 : 0);
  const byGroup = (a: Row, b: Row) => rank(a) - rank(b);
  return [...rows].sort((a, b) => byGroup(a, b) || sign * compare[column](a, b) || a.name.localeCompare(b.name));
}

/** A second click turns the column round; figures start with the largest, names with A. */
export function sortedBy(column: SortColumn, before: PanelView['sort']): PanelView['sort'] {
  return { column, descending: before.column === column ? !before.descending : column !== 'name' };
}

/** Those that the filter's terms hold for; all when there is none. */
export function filtered(rows: readonly Row[], text: string): readonly Row[] {
  const filter = parseFilter(text);
  if (!filter) return rows;
  return rows.filter((row) =>
    filter.matches({ ...row, bytes: row.withCallees ?? row.own, share: row.shareWithCallees }),
  );
}
