import type { Origin } from '../../extension/shared/capture';
import type { FlatTree } from '../../extension/shared/panel';
import { shownText } from '../shell/shown';

/** One call: function and executing line, below its caller. */
export interface Frame {
  name: string;
  file: string | null;
  /** The executing line. */
  line: number | null;
  firstLine: number | null;
  origin: Origin;
  /** With callees. */
  bytes: number;
  allocations: number;
  own: number;
  /** Bytes in the capture that this one is compared with; null when there is none. */
  base: number | null;
  /** As wide as it is drawn: its bytes; of a comparison room for what there is in either capture. */
  weight: number;
  /** How many frames were too small to send and were folded into this one; 0 for an ordinary frame. */
  folded: number;
  depth: number;
  parent: Frame | null;
  /** Largest first, what was folded last. */
  children: Frame[];
}

/** Null when there is nothing to draw. */
export function toFrames(tree: FlatTree): Frame | null {
  const frames: Frame[] = [];
  for (const node of tree.nodes) {
    const parent = frames[node.parent] ?? null;
    const frame: Frame = {
      name: node.name,
      file: node.file,
      line: node.line,
      firstLine: node.first_line,
      origin: node.origin,
      bytes: node.bytes,
      allocations: node.allocations,
      own: node.own_bytes,
      base: node.base_bytes ?? null,
      weight: node.bytes,
      folded: node.folded ?? 0,
      depth: parent ? parent.depth + 1 : 0,
      parent,
      children: [],
    };
    parent?.children.push(frame);
    frames.push(frame);
  }
  if (frames[0]?.base != null) weigh(frames);
  for (const frame of frames) frame.children.sort(bySize);
  const root = frames[0];
  return root && root.weight > 0 ? root : null;
}

/** What is gone keeps its place, so that it can be seen: own bytes are the more of both, and callees lie inside. */
function weigh(frames: Frame[]): void {
  for (const frame of frames) {
    const before = frame.children.reduce((rest, child) => rest - (child.base ?? 0), frame.base ?? 0);
    const now = frame.children.reduce((rest, child) => rest - child.bytes, frame.bytes);
    frame.weight = Math.max(before, now, 0);
  }
  for (let i = frames.length - 1; i > 0; i--) {
    const { parent, weight } = frames[i]!;
    if (parent) parent.weight += weight;
  }
}

function bySize(a: Frame, b: Frame): number {
  if (a.folded > 0 !== b.folded > 0) return a.folded > 0 ? 1 : -1;
  return b.weight - a.weight || a.name.localeCompare(b.name);
}

/** All frames, each before its callees, the larger ones first. Without recursion: stacks are deep. */
export function* walk(root: Frame): Generator<Frame> {
  const waiting = [root];
  for (let frame = waiting.pop(); frame; frame = waiting.pop()) {
    yield frame;
    for (let i = frame.children.length - 1; i >= 0; i--) waiting.push(frame.children[i]!);
  }
}

/** The same frame in another tree (another measure, a finer tree) has the same key below the same caller. */
export function keyOf(frame: Frame): string {
  return `${frame.file ?? ''}\n${frame.name}\n${frame.line ?? ''}`;
}

/** Keys from below the root down to the frame. */
export function pathOf(frame: Frame): string[] {
  const path: string[] = [];
  for (let at = frame; at.parent; at = at.parent) path.push(keyOf(at));
  return path.reverse();
}

/** The frame at the path, or the deepest one on the way to it. */
export function follow(root: Frame, path: readonly string[]): Frame {
  let at = root;
  for (const key of path) {
    const next = at.children.find((child) => keyOf(child) === key);
    if (!next) break;
    at = next;
  }
  return at;
}

/** Something below the frame was folded: a larger tree shows more. */
export function hasFolded(frame: Frame): boolean {
  for (const below of walk(frame)) if (below.folded > 0) return true;
  return false;
}

/** `pipeline.py:26`; a package goes by its folder: `collections:608`. Empty for what has no file. */
export function placeOf(file: string | null, line: number | null): string {
  if (file === null) return '';
  const parts = file.split(/[/\\]/);
  const last = parts.pop()!;
  const name = shownText(last === '__init__.py' ? (parts.pop() ?? last) : last);
  return line === null ? name : `${name}:${line}`;
}
