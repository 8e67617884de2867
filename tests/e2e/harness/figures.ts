/** What must stand on the lines of a file, computed from `lines --json` alone. */
import type { LineRow, Summary } from '../../../extension/shared/capture';
import { formatBytes } from '../../../extension/shared/units';
import type { DrawnLine } from './editor';

/** The smallest figure that is shown at the default threshold of 1 %. */
const smallest = 100_000;

/** Peak bytes of the line as the innermost of the user's code, where they are worth a figure. */
export function expectedFigures(rows: LineRow[], summary: Summary, file: string): DrawnLine[] {
  const byLine = new Map<number, number>();
  for (const row of rows) {
    if (row.file === file && row.line) byLine.set(row.line, (byLine.get(row.line) ?? 0) + row.yours.peak_bytes);
  }
  return [...byLine]
    .filter(([, bytes]) => bytes >= smallest && bytes >= 0.01 * summary.peak_bytes)
    .map(([line, bytes]) => ({ line, figure: formatBytes(bytes) }))
    .sort((a, b) => a.line - b.line);
}

/** Peak bytes of a function that does not call itself, with all that it calls. */
export function peakOfFunction(rows: LineRow[], file: string, name: string): number {
  return rows
    .filter((row) => row.file === file && row.function === name)
    .reduce((sum, row) => sum + row.with_callees.peak_bytes, 0);
}
