import { formatBytes, formatCount, formatShare, type Units } from '../../extension/shared/units';
import { type Frame, placeOf } from './frame';

/** From this width on a label has room for the bytes. */
const roomForBytes = 110;

export interface Scale {
  /** Of the measure, in the whole capture. */
  total: number;
  units: Units;
}

export function nameOf(frame: Frame): string {
  return frame.folded > 0
    ? `${formatCount(frame.folded)} smaller ${frame.folded === 1 ? 'frame' : 'frames'}`
    : frame.name;
}

/** Text in a frame of this many pixels; the stylesheet ends it with an ellipsis. `cut`: more is below than is drawn. */
export function labelOf(frame: Frame, width: number, units: Units, cut = false): string {
  const label = width < roomForBytes ? nameOf(frame) : `${nameOf(frame)} ${formatBytes(frame.bytes, units)}`;
  return cut ? `${label} ⋯` : label;
}

/** `+2.0 MB from 1.0 MB`; empty when nothing is compared. */
export function growthText(frame: Frame, units: Units): string {
  if (frame.base === null) return '';
  const change = frame.bytes - frame.base;
  return `${change > 0 ? '+' : ''}${formatBytes(change, units)} from ${formatBytes(frame.base, units)}`;
}

export function tooltipOf(frame: Frame, { total, units }: Scale): string {
  const told = [formatBytes(frame.bytes, units), formatShare(frame.bytes / total), growthText(frame, units)];
  const figures = `${nameOf(frame)} — ${told.filter(Boolean).join(', ')}`;
  const place = placeOf(frame.file, frame.line);
  return place ? `${figures}\n${place}` : figures;
}

/** For screen readers; the level is told by `aria-level`. */
export function spokenLabelOf(frame: Frame, { total, units }: Scale): string {
  const place = placeOf(frame.file, frame.line).replace(/:(\d+)$/, ' line $1');
  const figures = `${formatBytes(frame.bytes, units)}, ${formatShare(frame.bytes / total)}`;
  return [nameOf(frame), place, figures, growthText(frame, units)].filter(Boolean).join(', ');
}

/** The line under the graph: what is selected, in words. From the bottom up, a frame's own bytes are its callees'. */
export function detailOf(
  frame: Frame,
  { total, units }: Scale,
  { measure, inverted }: { measure: string; inverted: boolean },
): { name: string; rest: string } {
  const rest = [
    placeOf(frame.file, frame.line),
    formatBytes(frame.bytes, units),
    growthText(frame, units),
    `${formatShare(frame.bytes / total)} of ${measure}`,
    inverted ? '' : `own ${formatBytes(frame.own, units)}`,
    `${formatCount(frame.allocations)} ${frame.allocations === 1 ? 'allocation' : 'allocations'}`,
  ];
  return { name: nameOf(frame), rest: rest.filter(Boolean).join(' · ') };
}
