import type { Attribution, LineRow, Measure } from '../../shared/capture';
import { bytesOf } from '../../shared/measures';

export interface HottestLine {
  readonly file: string;
  readonly line: number;
  readonly bytes: number;
  /** 0–1, of the measure's total. */
  readonly share: number;
}

/** The lines with the most bytes, whatever functions run on them. */
export function hottestLines(
  rows: readonly LineRow[],
  { measure, attribution, total, most }: { measure: Measure; attribution: Attribution; total: number; most: number },
): HottestLine[] {
  const lines = new Map<string, { file: string; line: number; bytes: number }>();
  for (const row of rows) {
    const { file, line } = row;
    if (file === null || line === null) continue;
    const bytes = bytesOf(attribution === 'own' ? row : row[attribution], measure);
    if (bytes <= 0) continue;
    const place = `${line} ${file}`;
    lines.set(place, { file, line, bytes: (lines.get(place)?.bytes ?? 0) + bytes });
  }
  return [...lines.values()]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, most)
    .map((line) => ({ ...line, share: total > 0 ? line.bytes / total : 0 }));
}
