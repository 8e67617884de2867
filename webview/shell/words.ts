/** The panel's sentences, in one place. */
import type { Measure, Summary } from '../../extension/shared/capture';
import type { RunState } from '../../extension/shared/panel';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatShare,
  type Units,
} from '../../extension/shared/units';

/** `328.1 MB peak heap at 5.1 s`: the figure is set in bold. */
export function keyFigures(summary: Summary, units: Units): { figure: string; text: string }[] {
  return [
    { figure: formatBytes(summary.peak_bytes, units), text: `peak heap at ${formatDuration(summary.peak_time_s)}` },
    { figure: formatBytes(summary.peak_rss_bytes, units), text: 'peak RSS' },
    { figure: formatCount(summary.total_allocations), text: 'allocations' },
    { figure: formatDuration(summary.duration_s), text: '' },
  ];
}

/** What the core says of a program that had no time to end its capture. */
const cutShort = 'The capture is cut short: its program was killed';

/** What is to be known beside the figures: how the program ended, what is missing. */
export function notices(summary: Summary, { live, stopped }: Pick<RunState, 'live' | 'stopped'>): string[] {
  // A capture that is being written has no end, which is no news while its program runs.
  if (live) return [];
  // A run that the user stopped is as it should be.
  const all = stopped ? summary.notes.filter((note) => !note.startsWith(cutShort)) : [...summary.notes];
  if (summary.exit_status && !stopped) {
    const what = summary.target.kind === 'script' ? 'script' : 'program';
    all.push(
      `The ${what} ended with an error (exit code ${summary.exit_status}). The capture up to that point is shown.`,
    );
  }
  if (summary.damage) all.push(summary.damage.message);
  return [...new Set(all)];
}

export function staleText(files: readonly string[]): string {
  return `${files.join(', ')} ${files.length === 1 ? 'has' : 'have'} changed since this capture.`;
}

/** `−158.5 MB since 14:21`; without a figure until both sides are known. */
export function sinceText(since: string, change: number | null, units: Units): string {
  return `${change === null ? '' : `${formatChange(change, units)} `}since ${since}`;
}

export function emptyText(measure: Measure, inRange: boolean): string {
  const what = measure === 'unfreed' ? 'unfreed' : measure === 'temporary' ? 'temporary' : 'allocated';
  return `Nothing was ${what}${inRange ? ' in this range' : ''}.`;
}

/** Of a search: `3 frames · 200.1 MB · 61 %`. */
export function hitsText(frames: number, bytes: number, total: number, units: Units): string {
  return [
    `${formatCount(frames)} ${frames === 1 ? 'frame' : 'frames'}`,
    formatBytes(bytes, units),
    formatShare(total > 0 ? bytes / total : 0),
  ].join(' · ');
}

export function noHitText(term: string): string {
  return `No frame matches "${term.trim()}".`;
}

export function readingText(reading: { done: number; total: number } | null, units: Units): string {
  if (!reading) return 'Reading the capture…';
  return `Reading ${formatBytes(reading.done, units)} of ${formatBytes(reading.total, units)}…`;
}

/** Of what a share is, in the detail line. */
export const measureNames: Record<Measure, string> = {
  peak: 'the peak',
  unfreed: 'the unfreed bytes',
  total: 'the total',
  temporary: 'the temporary bytes',
};
