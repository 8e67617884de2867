/** The range on the timeline: how dragging and keys change it. Pure; seconds since the start. */
import type { TimeRange } from '../../extension/shared/panel';
import { formatRange } from '../../extension/shared/units';

/** Arrows move by this part of the run. */
const step = 0.02;
/** Ranges that are no longer than this part of the run were clicks. */
const shortest = 0.005;

export function rangeText(range: TimeRange): string {
  return formatRange(range.from_s ?? null, range.to_s ?? null);
}

/** Null for what is too short to be meant. An end at the run's own is left open, so that a growing run goes on. */
export function draggedRange(from: number, to: number, duration: number): TimeRange | null {
  const [start, end] = [Math.max(0, Math.min(from, to)), Math.min(duration, Math.max(from, to))];
  if (end - start <= duration * shortest) return null;
  const range: TimeRange = {};
  if (start > 0) range.from_s = start;
  if (end < duration) range.to_s = end;
  return range.from_s === undefined && range.to_s === undefined ? null : range;
}

/**
 * Arrows move the range, Shift moves its end alone; Home and End take it to the run's. A range that there is not yet
 * is the middle tenth. Undefined: not a key of the timeline's.
 */
export function rangeByKey(
  range: TimeRange | null,
  key: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  duration: number,
): TimeRange | null | undefined {
  const by = { ArrowLeft: -step, ArrowRight: step, Home: -1, End: 1 }[key.key];
  if (by === undefined || duration <= 0) return undefined;
  if (!range) return { from_s: duration * 0.45, to_s: duration * 0.55 };
  const [from, to] = [range.from_s ?? 0, range.to_s ?? duration];
  if (key.shiftKey) return draggedRange(from, Math.max(from + step * duration, to + by * duration), duration) ?? range;
  const moved = Math.min(Math.max(by * duration, -from), duration - to);
  return draggedRange(from + moved, to + moved, duration) ?? range;
}
