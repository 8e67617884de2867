/** What the tables show: rows of one shape, whatever they are of, their order, and those that a filter leaves. */
import type { Answers as Capture, Figures, Measure, Origin } from '../../extension/shared/capture';
import { parseFilter } from '../../extension/shared/filter';
import { allocationsOf, bytesOf } from '../../extension/shared/measures';
import type { PanelAnswers, PanelView, SortColumn, TableKind } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { formatBytes, type Units } from '../../extension/shared/units';
import { placeOf } from '../flamegraph/frame';

/** The kinds that have rows; the others have views of their own. */
export type RowKind = Exclude<TableKind, 'line' | 'unfreed'>;

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
  /** Own bytes or, of a comparison, their change, of the row with the most: 0–1. */
  bar: number;
  /** Of neighbours: they stand in two groups. */
  group: 'callers' | 'callees' | null;
  /** What it had in the capture that is compared with; null when nothing is. */
  before: { own: number; withCallees: number | null } | null;
}

type Unshared = Omit<Row, 'share' | 'shareWithCallees' | 'bar' | 'before'> & Partial<Pick<Row, 'before'>>;
type Answers = Pick<PanelAnswers, RowKind>;
/** Tables whose rows have the same name in both captures. */
type NamedKind = Exclude<RowKind, 'functions' | 'lines' | 'neighbours'>;

/** Rows without any of the measure's bytes are left out. */
export function toRows<K extends RowKind>(
  kind: K,
  answer: Answers[K],
  measure: Measure,
  total: number,
  units: Units = 'si',
): Row[] {
  return withShares(unsharedRows[kind](answer, measure, units), total);
}

/** Functions and lines of two captures, as the core found them again. */
export function comparedCode(
  kind: 'functions' | 'lines',
  { functions, lines }: Capture['diff'],
  measure: Measure,
  total: number,
): Row[] {
  const rows =
    kind === 'functions'
      ? functions.map(({ function: name, file, first_line, origin, before, after }) => ({
          name,
          ...placed(file, first_line, first_line, origin),
          ...amounts(after.own, after.with_callees, measure),
          group: null,
          before: { own: bytesOf(before.own, measure), withCallees: bytesOf(before.with_callees, measure) },
        }))
      : lines.map(({ function: name, file, line, origin, before, after }) => ({
          name: name ?? t('Outside Python code'),
          ...placed(file, line, null, origin),
          ...amounts(after, null, measure),
          group: null,
          before: { own: bytesOf(before, measure), withCallees: null },
        }));
  return withShares(rows, total);
}

/** Rows of two captures that go by their names. */
export function comparedRows<K extends NamedKind>(
  kind: K,
  answer: Answers[K],
  base: Answers[K],
  measure: Measure,
  total: number,
  units: Units,
): Row[] {
  const before = new Map(unsharedRows[kind](base, measure, units).map((row) => [row.name, row]));
  const rows = unsharedRows[kind](answer, measure, units).map((row) => {
    const same = before.get(row.name);
    before.delete(row.name);
    return {
      ...row,
      before: { own: same?.own ?? 0, withCallees: row.withCallees === null ? null : (same?.withCallees ?? 0) },
    };
  });
  const gone = [...before.values()].map((row) => ({
    ...row,
    own: 0,
    withCallees: row.withCallees === null ? null : 0,
    allocations: 0,
    before: { own: row.own, withCallees: row.withCallees },
  }));
  return withShares([...rows, ...gone], total);
}

function withShares(all: Unshared[], total: number): Row[] {
  const rows = all
    .map((row) => ({ ...row, before: row.before ?? null }))
    .filter(
      ({ own, withCallees, before }) => (withCallees ?? own) > 0 || (before && (before.withCallees ?? before.own) > 0),
    );
  const length = (row: Pick<Row, 'own' | 'before'>) => Math.abs(changeOf(row) ?? row.own);
  const most = rows.reduce((most, row) => Math.max(most, length(row)), 1);
  const share = (bytes: number) => (total > 0 ? bytes / total : 0);
  return rows.map((row) => ({
    ...row,
    share: share(row.own),
    shareWithCallees: share(row.withCallees ?? row.own),
    bar: length(row) / most,
  }));
}

/** Null when nothing is compared. */
export function changeOf({ own, before }: Pick<Row, 'own' | 'before'>): number | null {
  return before && own - before.own;
}

export function changeWithCallees({ withCallees, before }: Pick<Row, 'withCallees' | 'before'>): number | null {
  return before && withCallees !== null ? withCallees - (before.withCallees ?? 0) : null;
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
      name: row.function ?? t('Outside Python code'),
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
      name: row.name || (row.id === 0 ? t('Thread not known') : t('Thread {0}', row.id)),
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
  change: (a, b) => Math.abs(changeOf(a) ?? 0) - Math.abs(changeOf(b) ?? 0) || a.own - b.own,
  callees_change: (a, b) => Math.abs(changeWithCallees(a) ?? 0) - Math.abs(changeWithCallees(b) ?? 0),
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
