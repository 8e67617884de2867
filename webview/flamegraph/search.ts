import { parseFilter } from '../../extension/shared/filter';
import { type Frame, walk } from './frame';

export interface Hits {
  frames: Frame[];
  /** Of the outermost hits: a hit below another one is not counted again. */
  bytes: number;
  /** A sentence about a term that was not understood. */
  problem: string | null;
}

/** Null for an empty term. The root and what was folded are no functions and never hit. */
export function search(root: Frame, term: string, total = root.bytes): Hits | null {
  const filter = parseFilter(term);
  if (!filter) return null;
  const frames: Frame[] = [];
  const inside = new Set<Frame>();
  let bytes = 0;
  for (const frame of walk(root)) {
    const below = frame.parent !== null && inside.has(frame.parent);
    const hit =
      frame.parent !== null &&
      frame.folded === 0 &&
      filter.matches({ ...frame, share: total > 0 ? frame.bytes / total : 0 });
    if (hit) frames.push(frame);
    if (hit && !below) bytes += frame.bytes;
    if (hit || below) inside.add(frame);
  }
  return { frames, bytes, problem: filter.problem };
}
