/** Which rows of a long table have elements. */

export interface Window {
  /** Places of the first row and of the one behind the last. */
  from: number;
  to: number;
}

/** Rows drawn above and below what can be seen, so that a slow machine shows no gap while scrolling. */
const spare = 10;

export function windowOf(rows: number, rowHeight: number, scrollTop: number, height: number): Window {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const last = Math.ceil((Math.max(0, scrollTop) + height) / rowHeight);
  const from = Math.max(0, Math.min(first - spare, rows));
  return { from, to: Math.max(from, Math.min(rows, last + spare)) };
}
