import type { FunctionRow, Measure, Origin } from '../../extension/shared/capture';
import { bytesOf } from '../../extension/shared/measures';
import type { PanelView, SortColumn } from '../../extension/shared/panel';
import { matcher } from '../flamegraph/search';

export interface Row {
  name: string;
  file: string | null;
  firstLine: number | null;
  origin: Origin;
  own: number;
  withCallees: number;
  /** Own bytes, of the measure in the whole capture: 0–1. */
  share: number;
  /** Own bytes, of the function with the most: 0–1. */
  bar: number;
}

/** Functions that have none of the measure's bytes are left out. */
export function toRows(functions: readonly FunctionRow[], measure: Measure, total: number): Row[] {
  const most = Math.max(1, ...functions.map((row) => bytesOf(row.own, measure)));
  return functions
    .map((row) => {
      const own = bytesOf(row.own, measure);
      return {
        name: row.function,
        file: row.file,
        firstLine: row.first_line,
        origin: row.origin,
        own,
        withCallees: bytesOf(row.with_callees, measure),
        share: total > 0 ? own / total : 0,
        bar: own / most,
      };
    })
    .filter((row) => row.withCallees > 0);
}

const compare: Record<SortColumn, (a: Row, b: Row) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  own: (a, b) => a.own - b.own || a.withCallees - b.withCallees,
  with_callees: (a, b) => a.withCallees - b.withCallees || a.own - b.own,
};

/** Equal rows stand in the order of their names, whichever way the column runs. */
export function sorted(rows: readonly Row[], { column, descending }: PanelView['sort']): Row[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare[column](a, b) || a.name.localeCompare(b.name));
}

/** A second click turns the column round; figures start with the largest, names with A. */
export function sortedBy(column: SortColumn, before: PanelView['sort']): PanelView['sort'] {
  return { column, descending: before.column === column ? !before.descending : column !== 'name' };
}

/** Null when nothing is searched for. */
export function hitsOf(rows: readonly Row[], term: string): Set<Row> | null {
  const matches = matcher(term);
  return matches && new Set(rows.filter((row) => matches(row.name, row.file)));
}
