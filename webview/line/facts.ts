/** What is told of one line beside its curve and its paths. Pure. */
import type { History, LineDetail } from '../../extension/shared/capture';
import { allocationsOf, bytesOf, measures, measureWords } from '../../extension/shared/measures';
import { allocationsText, t } from '../../extension/shared/translate';
import { formatBytes, formatCount, formatDuration, type Units } from '../../extension/shared/units';

export function factsOf(
  detail: LineDetail | null,
  history: History | null,
  units: Units,
): { name: string; value: string }[] {
  const facts: { name: string; value: string }[] = [];
  if (detail) {
    for (const measure of measures) {
      const figures = detail.figures.yours;
      const allocations = allocationsOf(figures, measure);
      facts.push({
        name: measureWords[measure].title,
        value: t(
          '{0} in {1}',
          formatBytes(bytesOf(figures, measure), units),
          allocationsText(formatCount(allocations)),
        ),
      });
    }
  }
  if (history) {
    facts.push({ name: t('Average size'), value: formatBytes(history.average_size, units) });
    if (history.average_lifetime_s !== null) {
      facts.push({
        name: t('Average lifetime'),
        value: t('{0}, of what was freed', lifetime(history.average_lifetime_s)),
      });
    }
  }
  return facts;
}

export interface Lifetime {
  text: string;
  figure: string;
  /** Of the blocks of the most frequent lifetime: 0–1. */
  share: number;
}

/** Without those before the first and behind the last that has blocks. */
export function lifetimesOf({ lifetimes }: Pick<History, 'lifetimes'>, units: Units): Lifetime[] {
  const first = lifetimes.findIndex(({ allocations }) => allocations > 0);
  const last = lifetimes.findLastIndex(({ allocations }) => allocations > 0);
  if (first < 0) return [];
  const most = Math.max(...lifetimes.map(({ allocations }) => allocations));
  return lifetimes.slice(first, last + 1).map(({ below_s, allocations, bytes }, i) => {
    const from = lifetimes[first + i - 1]?.below_s;
    const text = below_s === null ? t('{0} and longer', lifetime(from ?? 0)) : t('under {0}', lifetime(below_s));
    return { text, figure: `${formatCount(allocations)} · ${formatBytes(bytes, units)}`, share: allocations / most };
  });
}

/** `2 µs`, `40 ms`, `1.2 s`. */
function lifetime(seconds: number): string {
  if (seconds >= 1) return formatDuration(seconds);
  const [value, unit] = seconds >= 0.001 ? [seconds * 1000, 'ms'] : [seconds * 1e6, 'µs'];
  return `${Number(value.toPrecision(2))}\u00a0${unit}`;
}
