/** The page's tree as a question wants it: of some threads, without hidden frames, threads merged or apart. Pure. */
import type { FunctionId, HiddenFrames, Moments, Origin, Scope } from '../../extension/shared/capture';
import { type Amounts, emptyAmounts } from './amounts';

export const origins: readonly Origin[] = ['yours', 'standard_library', 'package', 'native'];

/** Nodes of a tree, parents first; node 0 is the root. */
export interface Frames {
  parent: number[];
  /** Of `moments.places`; below 0: a thread's root, −1 − its id. */
  place: number[];
  /** How many frames were folded into the node; 0 for a frame. */
  folded: number[];
  own: Amounts;
  /** With callees. */
  sum: Amounts;
  children: number[][];
  hidden: { bytes: number; allocations: number };
  /** What the nodes of `moments` have, as it was given. */
  raw: Amounts;
}

export interface FrameOptions {
  scope?: Scope | null | undefined;
  hide?: readonly HiddenFrames[];
  splitThreads?: boolean;
}

export function framesOf(moments: Moments, own: Amounts, options: FrameOptions): Frames {
  const count = moments.parent.length;
  const frames: Frames = {
    parent: [-1],
    place: [0],
    folded: [0],
    own: emptyAmounts(count + moments.threads.length + 1),
    sum: emptyAmounts(0),
    children: [],
    hidden: { bytes: 0, allocations: 0 },
    raw: own,
  };
  const isHidden = hiddenPlaces(moments, own, options.hide ?? []);
  const threads = options.scope?.threads && new Set(options.scope.threads);
  const known = new Map<string, number>();
  const nodeOf = (parent: number, place: number, folded: number) => {
    const key = `${parent} ${place} ${folded > 0}`;
    const found = known.get(key);
    if (found !== undefined) {
      frames.folded[found]! += folded;
      return found;
    }
    const made = frames.parent.push(parent) - 1;
    frames.place.push(place);
    frames.folded.push(folded);
    known.set(key, made);
    return made;
  };
  const dropped = -1;
  const at = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    const thread = moments.thread[node]!;
    if (node > 0 && threads && !threads.has(thread)) {
      at[node] = dropped;
      continue;
    }
    const place = moments.place[node]!;
    const folded = moments.folded[node]!;
    let parent = node === 0 ? 0 : at[moments.parent[node]!]!;
    if (node > 0 && moments.parent[node] === 0 && options.splitThreads) parent = nodeOf(0, -1 - thread, 0);
    if (parent !== dropped && node > 0 && isHidden(place) === 'with callees') parent = dropped;
    const here =
      node === 0 || parent === dropped || (!folded && isHidden(place)) ? parent : nodeOf(parent, place, folded);
    at[node] = here;
    const amounts = here === dropped ? null : frames.own;
    if (amounts) {
      amounts.bytes[here]! += own.bytes[node]!;
      amounts.allocations[here]! += own.allocations[node]!;
    } else {
      frames.hidden.bytes += own.bytes[node]!;
      frames.hidden.allocations += own.allocations[node]!;
    }
  }
  addUp(frames);
  return frames;
}

/** True: the frame goes, and its bytes to its caller. 'with callees': its memory goes too. */
function hiddenPlaces(moments: Moments, own: Amounts, hide: readonly HiddenFrames[]) {
  const { places, strings } = moments;
  const hidden: (boolean | 'with callees')[] = places.origin.map((origin) => {
    const name = origins[origin]!;
    return name !== 'yours' && hide.includes(name);
  });
  if (hide.includes('pass_through')) {
    const holds = new Set<number>();
    for (let i = 0; i < own.bytes.length; i++) {
      if (moments.folded[i] === 0 && own.bytes[i]! > 0) holds.add(moments.place[i]!);
    }
    hidden.forEach((_, place) => {
      if (!holds.has(place)) hidden[place] = true;
    });
  }
  if (hide.includes('imports')) {
    places.file.forEach((file, place) => {
      if (file >= 0 && strings[file]!.startsWith('<frozen importlib.')) hidden[place] = 'with callees';
    });
  }
  hidden[0] = true; // memory without Python frames is its root's own
  return (place: number) => hidden[place] ?? false;
}

function addUp(frames: Frames): void {
  const count = frames.parent.length;
  const { own } = frames;
  frames.sum = { bytes: own.bytes.slice(0, count), allocations: own.allocations.slice(0, count) };
  frames.children = Array.from({ length: count }, () => []);
  for (let node = count - 1; node > 0; node--) {
    const parent = frames.parent[node]!;
    frames.sum.bytes[parent]! += frames.sum.bytes[node]!;
    frames.sum.allocations[parent]! += frames.sum.allocations[node]!;
    frames.children[parent]!.push(node);
  }
}

/** Whether a place lies in the function, or in the class when it has a last line. */
export function functionMatcher({ places, strings }: Moments, wanted: FunctionId): (place: number) => boolean {
  return (place) => {
    if (place < 0 || places.file[place]! < 0 || strings[places.file[place]!] !== wanted.file) return false;
    const first = places.first_line[place]!;
    if (wanted.last_line !== undefined) return first >= wanted.first_line && first <= wanted.last_line;
    return first === wanted.first_line && strings[places.function[place]!] === wanted.function;
  };
}
