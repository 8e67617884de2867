/** A tree for the flame graph, grown where the bytes are until it has as many nodes as were asked for. Pure. */
import type { FunctionId, Moments } from '../../extension/shared/capture';
import type { FlatNode, FlatTree } from '../../extension/shared/panel';
import { type Frames, functionMatcher, origins } from './frames';

/** A node of `frames` and what it brings; upwards, `at` is the caller that is reached. */
interface Item {
  node: number;
  at: number;
}
interface Candidate {
  parent: number;
  place: number;
  folded: number;
  bytes: number;
  allocations: number;
  items: Item[];
}

export interface TreeOptions {
  maxNodes: number;
  inverted?: boolean;
  root?: FunctionId;
}

export function treeOf(moments: Moments, frames: Frames, options: TreeOptions): FlatTree {
  return new Growth(moments, frames, options).tree();
}

class Growth {
  private readonly nodes: FlatNode[] = [];
  private readonly upwards: boolean;

  constructor(
    private readonly moments: Moments,
    private readonly frames: Frames,
    private readonly options: TreeOptions,
  ) {
    this.upwards = options.inverted ?? false;
  }

  tree(): FlatTree {
    const { sum } = this.frames;
    const waiting = [this.root()];
    while (waiting.length > 0 && this.nodes.length < this.options.maxNodes) {
      const next = waiting.pop()!;
      this.add(next);
      for (const below of this.below(next, this.nodes.length - 1)) insert(waiting, below);
    }
    for (const left of waiting) this.fold(left);
    return { nodes: this.nodes, total_bytes: sum.bytes[0]!, total_allocations: sum.allocations[0]! };
  }

  private root(): Candidate {
    const { root } = this.options;
    const items = root ? this.outermost(functionMatcher(this.moments, root)) : [{ node: 0, at: 0 }];
    const { sum } = this.frames;
    const bytes = items.reduce((all, { node }) => all + sum.bytes[node]!, 0);
    const allocations = items.reduce((all, { node }) => all + sum.allocations[node]!, 0);
    return {
      parent: -1,
      place: items.length && root ? this.frames.place[items[0]!.node]! : 0,
      folded: 0,
      bytes,
      allocations,
      items,
    };
  }

  /** Nodes that match and have no caller which does. */
  private outermost(matches: (place: number) => boolean): Item[] {
    const items: Item[] = [];
    const waiting = [0];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node > 0 && this.frames.folded[node] === 0 && matches(this.frames.place[node]!))
        items.push({ node, at: node });
      else waiting.push(...this.frames.children[node]!);
    }
    return items;
  }

  private below(candidate: Candidate, parent: number): Candidate[] {
    if (candidate.folded > 0) return [];
    const items = this.upwards ? this.callersOf(candidate, parent === 0) : this.calleesOf(candidate);
    const groups = new Map<string, Candidate>();
    const { frames } = this;
    for (const { item, at, bytes, allocations } of items) {
      const place = frames.place[at]!;
      const folded = frames.folded[at]!;
      const key = `${place} ${folded > 0}`;
      const group = groups.get(key);
      if (group) {
        group.bytes += bytes;
        group.allocations += allocations;
        group.folded += folded;
        group.items.push(item);
      } else groups.set(key, { parent, place, folded, bytes, allocations, items: [item] });
    }
    return [...groups.values()].filter((group) => group.bytes > 0 || group.allocations > 0);
  }

  private *calleesOf({ items }: Candidate) {
    const { children, sum } = this.frames;
    for (const { node } of items) {
      for (const child of children[node]!) {
        const item = { node: child, at: child };
        yield { item, at: child, bytes: sum.bytes[child]!, allocations: sum.allocations[child]! };
      }
    }
  }

  /** From the root: all nodes with bytes of their own. Then each item goes one caller up. */
  private *callersOf({ items }: Candidate, first: boolean) {
    const { own, sum, parent } = this.frames;
    const whole = this.options.root ? sum : own;
    if (first && !this.options.root) {
      for (let node = 1; node < parent.length; node++) {
        if (own.bytes[node] || own.allocations[node]) {
          yield { item: { node, at: node }, at: node, bytes: own.bytes[node]!, allocations: own.allocations[node]! };
        }
      }
      return;
    }
    for (const { node, at } of items) {
      const caller = parent[at]!;
      if (caller <= 0) continue;
      yield {
        item: { node, at: caller },
        at: caller,
        bytes: whole.bytes[node]!,
        allocations: whole.allocations[node]!,
      };
    }
  }

  private add({ parent, place, folded, bytes, allocations, items }: Candidate): void {
    const { own, sum } = this.frames;
    const whole = this.options.root ? sum : own;
    // From the bottom up a frame's own bytes are those of stacks that begin here: with nobody above them.
    const ends = this.upwards ? items.filter(({ at }) => this.frames.parent[at]! <= 0) : items;
    const from = this.upwards ? whole : own;
    const ownBytes = ends.reduce((all, { node }) => all + from.bytes[node]!, 0);
    this.nodes.push({ ...this.naming(place, folded, parent), bytes, allocations, own_bytes: ownBytes, parent });
  }

  private naming(
    place: number,
    folded: number,
    parent: number,
  ): Omit<FlatNode, 'bytes' | 'allocations' | 'own_bytes' | 'parent'> {
    const nothing = { file: null, line: null, first_line: null, origin: 'yours' as const };
    if (parent < 0 && !this.options.root) return { name: 'All memory', ...nothing };
    if (folded > 0) return { name: 'other', ...nothing, folded };
    if (place < 0) {
      const id = -1 - place;
      const thread = this.moments.threads.find((row) => row.id === id);
      return { name: thread?.name || `Thread ${thread?.kernel_id ?? id}`, ...nothing, thread: id };
    }
    const { places, strings } = this.moments;
    const file = places.file[place]!;
    return {
      name: strings[places.function[place]!]!,
      file: file < 0 ? null : strings[file]!,
      line: parent < 0 ? places.first_line[place]! || null : places.line[place]! || null,
      first_line: places.first_line[place]! || null,
      origin: origins[places.origin[place]!]!,
    };
  }

  /** What is not kept of a node's callees is one node beside them. */
  private fold({ parent, bytes, allocations, folded }: Candidate): void {
    const others = this.others;
    const known = others.get(parent);
    if (known) {
      known.bytes += bytes;
      known.allocations += allocations;
      known.own_bytes += bytes;
      known.folded = (known.folded ?? 0) + Math.max(1, folded);
      return;
    }
    const node = { ...this.naming(0, Math.max(1, folded), parent), bytes, allocations, own_bytes: bytes, parent };
    this.nodes.push(node);
    others.set(parent, node);
  }

  private readonly others = new Map<number, FlatNode>();
}

/** Keeps the list sorted, the largest last. */
function insert(list: Candidate[], candidate: Candidate): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.bytes < candidate.bytes) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, candidate);
}
