import type { Frame } from './frame';

/** Pixels below which a frame is not drawn. */
const smallestFrame = 2;
/** Each drawn frame costs a zoom a tenth of a millisecond; no panel has room for more than some hundred. */
const mostFrames = 500;

export interface Visible {
  frames: ReadonlySet<Frame>;
  /** Drawn frames of whose callees some would have room, but lie too deep to be drawn: zooming shows them. */
  cut: ReadonlySet<Frame>;
}

/** What has pixels in a graph of this width: the frame zoomed to, its callers, and its callees level by level. */
export function visibleFrames(zoomed: Frame, width: number, most = mostFrames): Visible {
  const frames = new Set<Frame>();
  const cut = new Set<Frame>();
  for (let at: Frame | null = zoomed; at; at = at.parent) frames.add(at);
  const smallest = (smallestFrame * zoomed.weight) / width;
  let level = [zoomed];
  while (level.length > 0) {
    const next: Frame[] = [];
    for (const frame of level) {
      const callees = frame.children.filter((child) => child.weight > smallest);
      if (callees.length === 0) continue;
      if (frames.size + callees.length > most) cut.add(frame);
      else {
        for (const callee of callees) frames.add(callee);
        next.push(...callees);
      }
    }
    level = next;
  }
  return { frames, cut };
}
