import { formatBytes, formatDuration, type Units } from '../../extension/shared/units';

/** Steps that give round figures in the unit they are written in: 1, 2, 5, 10, … of a kB or a KiB. */
export function byteSteps(units: Units): number[] {
  const thousand = units === 'si' ? 1000 : 1024;
  const steps: number[] = [];
  for (let unit = 1; unit <= thousand ** 5; unit *= thousand) {
    for (const factor of [1, 2, 5, 10, 20, 50, 100, 200, 500]) steps.push(unit * factor);
  }
  return steps;
}

/** `200 MB`, `1.5 GB`: without the decimal that says nothing. */
export function byteTick(bytes: number, units: Units): string {
  return formatBytes(bytes, units).replace(/\.0(?=\D)/, '');
}

/** `0 s`, `0.5 s`, `1:30`, `2 ms`. */
export function timeTick(seconds: number, step: number): string {
  if (step < 0.1) return `${Number((seconds * 1000).toFixed(step < 0.001 ? 1 : 0))}\u00a0ms`;
  return seconds < 60 ? `${Number(seconds.toFixed(1))}\u00a0s` : formatDuration(seconds);
}

/** Seconds; the last ones are minutes and hours. */
export const timeSteps = [
  ...[-4, -3, -2, -1, 0].flatMap((power) => [1, 2, 5].map((factor) => Number((factor * 10 ** power).toFixed(4)))),
  ...[10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000, 86400],
];
