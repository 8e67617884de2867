import type { Timeline } from '../../extension/shared/capture';

/** Seconds since the start, bytes of heap and of resident memory; an empty cell where none was sampled yet. */
export function timelineCsv({ times, heap, rss }: Timeline): string {
  const rows = times.map((time, i) => `${time},${heap[i]},${rss[i] ?? ''}`);
  return `${['time_s,heap_bytes,rss_bytes', ...rows].join('\n')}\n`;
}
