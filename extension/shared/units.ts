/** The one place that turns numbers into words: look.md's rules, SI by default, IEC everywhere when chosen. */

export type Units = 'si' | 'iec';

const NBSP = '\u00a0';

const STEPS = {
  si: { step: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] },
  iec: { step: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] },
} as const;

/** `0 B`, `512 B`, `3.4 kB`, `203.4 MB`: one decimal from the first step up; 999.95 kB rolls to `1.0 MB`. */
export function formatBytes(bytes: number, units: Units = 'si'): string {
  const { step, names } = STEPS[units];
  let value = Math.abs(bytes);
  let unit = 0;
  while (unit < names.length - 1 && (unit === 0 ? value >= step : Number(value.toFixed(1)) >= step)) {
    value /= step;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(value)) : value.toFixed(1);
  return `${bytes < 0 ? '\u2212' : ''}${text}${NBSP}${names[unit]}`;
}

/** `+12.0 MB`, `−3.1 MB`, `±0 B`. */
export function formatChange(bytes: number, units: Units = 'si'): string {
  if (bytes === 0) return `±${formatBytes(0, units)}`;
  return `${bytes > 0 ? '+' : ''}${formatBytes(bytes, units)}`;
}

/** `61 %` from 10 up, else `4.7 %`; `<0.1 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return `<0.1${NBSP}%`;
  return `${percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)}${NBSP}%`;
}

/** `102`, `800k`, `4.5M`: three significant digits at most. */
export function formatCount(count: number): string {
  let value = count;
  let suffix = '';
  for (const next of ['k', 'M', 'G', 'T']) {
    if (Number(value.toPrecision(3)) < 1000) break;
    value /= 1000;
    suffix = next;
  }
  return suffix ? `${Number(value.toPrecision(value < 10 ? 2 : 3))}${suffix}` : String(count);
}

/** `0.4 s`, `5.1 s`, `1:42`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)}${NBSP}s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Of the day, here: `14:32`. */
export function formatTimeOfDay(ms: number): string {
  const time = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Part of a run: `2.9 – 5.6 s`, `1:02 – 1:42`, `since 4.2 s`, `until 4.2 s`; null is an end that is open. */
export function formatRange(from: number | null, to: number | null): string {
  if (to === null) return `since ${formatDuration(from ?? 0)}`;
  if (from === null) return `until ${formatDuration(to)}`;
  const [start, end] = [formatDuration(from), formatDuration(to)];
  const both = start.endsWith('s') && end.endsWith('s');
  return `${both ? start.slice(0, -2) : start} – ${end}`;
}
