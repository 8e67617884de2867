/** The panel's sentences, in one place. */
import type { Measure, Summary } from '../../extension/shared/capture';
import type { RunState } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
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
    {
      figure: formatBytes(summary.peak_bytes, units),
      text: t('peak heap at {0}', formatDuration(summary.peak_time_s)),
    },
    { figure: formatBytes(summary.peak_rss_bytes, units), text: t('peak RSS') },
    { figure: formatCount(summary.total_allocations), text: t('allocations') },
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
    all.push(
      summary.target.kind === 'script'
        ? t(
            'The script ended with an error (exit code {0}). The capture up to that point is shown.',
            summary.exit_status,
          )
        : t(
            'The program ended with an error (exit code {0}). The capture up to that point is shown.',
            summary.exit_status,
          ),
    );
  }
  if (summary.damage) all.push(summary.damage.message);
  return [...new Set(all)];
}

export function staleText(files: readonly string[]): string {
  const names = files.join(', ');
  return files.length === 1
    ? t('{0} has changed since this capture.', names)
    : t('{0} have changed since this capture.', names);
}

/** `−158.5 MB since 14:21`; without a figure until both sides are known. */
export function sinceText(since: string, change: number | null, units: Units): string {
  return change === null ? t('since {0}', since) : t('{0} since {1}', formatChange(change, units), since);
}

export function emptyText(measure: Measure, inRange: boolean): string {
  switch (measure) {
    case 'unfreed':
      return inRange ? t('Nothing was unfreed in this range.') : t('Nothing was unfreed.');
    case 'temporary':
      return inRange ? t('Nothing was temporary in this range.') : t('Nothing was temporary.');
    default:
      return inRange ? t('Nothing was allocated in this range.') : t('Nothing was allocated.');
  }
}

/** Of a search: `3 frames · 200.1 MB · 61 %`. */
export function hitsText(frames: number, bytes: number, total: number, units: Units): string {
  return [
    frames === 1 ? t('1 frame') : t('{0} frames', formatCount(frames)),
    formatBytes(bytes, units),
    formatShare(total > 0 ? bytes / total : 0),
  ].join(' · ');
}

/** Of a tree that was not looked through whole. */
export function ofShownText(hits: string): string {
  return t('{0}, of the frames that are large enough to be here', hits);
}

/** Of a table that has not all rows. */
export function cutText(rows: number, total: number, compares: boolean): string {
  const [some, all] = [rows, total].map((count) => count.toLocaleString('en'));
  return compares
    ? t('The {0} rows that changed most, of {1}; order and filter are of these.', some ?? '', all ?? '')
    : t('The {0} rows with the most bytes, of {1}; order and filter are of these.', some ?? '', all ?? '');
}

export function noHitText(term: string): string {
  return t('No frame matches "{0}".', term.trim());
}

export function readingText(reading: { done: number; total: number } | null, units: Units): string {
  if (!reading) return t('Reading the capture…');
  return t('Reading {0} of {1}…', formatBytes(reading.done, units), formatBytes(reading.total, units));
}

/** Of what a share is, in the detail line. */
export const measureNames: Record<Measure, string> = {
  peak: t('the peak'),
  unfreed: t('the unfreed bytes'),
  total: t('the total'),
  temporary: t('the temporary bytes'),
};
