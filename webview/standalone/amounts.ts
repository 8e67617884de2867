/** What each node of the page's tree holds of a measure, in a range of the run's parts. Pure. */
import type { Measure, Moments, Scope } from '../../extension/shared/capture';

export interface Amounts {
  bytes: Float64Array;
  allocations: Float64Array;
}

/** Parts from `first` up to `end`, which is not among them. */
export interface Parts {
  first: number;
  end: number;
}

/** The parts that a range touches: a range is told in whole parts. */
export function partsOf({ times }: Moments, scope: Scope | null | undefined): Parts {
  const count = times.length - 1;
  const from = scope?.from_s ?? 0;
  const to = scope?.to_s ?? Number.POSITIVE_INFINITY;
  let first = 0;
  while (first < count - 1 && times[first + 1]! <= from) first++;
  let end = count;
  while (end > first + 1 && times[end - 1]! >= to) end--;
  return { first, end };
}

export function ownAmounts(moments: Moments, measure: Measure, parts: Parts): Amounts {
  const amounts = emptyAmounts(moments.parent.length);
  if (measure === 'peak') addPeak(moments, parts, amounts);
  else if (measure === 'unfreed') addUnfreed(moments, parts, amounts);
  else addSum(moments[measure], parts, amounts);
  return amounts;
}

export function emptyAmounts(length: number): Amounts {
  return { bytes: new Float64Array(length), allocations: new Float64Array(length) };
}

function addSum(entries: Moments['total'], { first, end }: Parts, amounts: Amounts): void {
  entries.node.forEach((node, i) => {
    const part = entries.part[i]!;
    if (part < first || part >= end) return;
    amounts.bytes[node]! += entries.bytes[i]!;
    amounts.allocations[node]! += entries.allocations[i]!;
  });
}

/** What was live at the highest moment of the highest part; of equal ones the last. */
function addPeak({ peak, peaks }: Moments, { first, end }: Parts, amounts: Amounts): void {
  let highest = first;
  for (let part = first; part < end; part++) if (peaks[part]! >= peaks[highest]!) highest = part;
  peak.node.forEach((node, i) => {
    if (peak.part[i]! > highest) return;
    amounts.bytes[node]! += peak.bytes[i]!;
    amounts.allocations[node]! += peak.allocations[i]!;
  });
}

/** What was allocated in the parts and is live at the end of the last. */
function addUnfreed({ live }: Moments, { first, end }: Parts, amounts: Amounts): void {
  live.node.forEach((node, i) => {
    const made = live.made[i]!;
    if (made < first || made >= end || live.part[i]! >= end) return;
    amounts.bytes[node]! += live.bytes[i]!;
    amounts.allocations[node]! += live.allocations[i]!;
  });
}
