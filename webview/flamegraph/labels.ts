import { allocationsText, t } from '../../extension/shared/translate';
import { formatBytes, formatChange, formatCount, formatShare, type Units } from '../../extension/shared/units';
import { shownText } from '../shell/shown';
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
    ? frame.folded === 1
      ? t('1 smaller frame')
      : t('{0} smaller frames', formatCount(frame.folded))
    : shownText(frame.name);
}

/** Text in a frame of this many pixels; the stylesheet ends it with an ellipsis. `cut`: more is below than is drawn. */
export function labelOf(frame: Frame, width: number, units: Units, cut = false): string {
  const label = width < roomForBytes ? nameOf(frame) : labelText(frame, units);
  return cut ? `${label} ⋯` : label;
}

/** `load 203.4 MB`; of a comparison `load +2.0 MB`. */
function labelText(frame: Frame, units: Units): string {
  const figure = frame.base === null ? formatBytes(frame.bytes, units) : formatChange(frame.bytes - frame.base, units);
  return `${nameOf(frame)} ${figure}`;
}

/** `+2.0 MB from 1.0 MB`; empty when nothing is compared. */
export function growthText(frame: Frame, units: Units): string {
  if (frame.base === null) return '';
  return t('{0} from {1}', formatChange(frame.bytes - frame.base, units), formatBytes(frame.base, units));
}

export function tooltipOf(frame: Frame, { total, units }: Scale): string {
  const told = [formatBytes(frame.bytes, units), formatShare(frame.bytes / total), growthText(frame, units)];
  const figures = `${nameOf(frame)} — ${told.filter(Boolean).join(', ')}`;
  const place = placeOf(frame.file, frame.line);
  return place ? `${figures}\n${place}` : figures;
}

/** For screen readers, and for those who speak what they see: it begins so. The level is told by `aria-level`. */
export function spokenLabelOf(frame: Frame, { total, units }: Scale): string {
  const place = placeOf(frame.file, frame.line).replace(/:(\d+)$/, (_, line) => ` ${t('line {0}', line)}`);
  return [labelText(frame, units), formatShare(frame.bytes / total), growthText(frame, units), place]
    .filter(Boolean)
    .join(', ');
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
    t('{0} of {1}', formatShare(frame.bytes / total), measure),
    inverted ? '' : t('own {0}', formatBytes(frame.own, units)),
    allocationsText(formatCount(frame.allocations)),
  ];
  return { name: nameOf(frame), rest: rest.filter(Boolean).join(' · ') };
}
