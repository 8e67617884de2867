/** The rows of the panel's tables, of any range of the page's parts. Pure. */
import type {
  Answers,
  Figures,
  FunctionId,
  LineRow,
  Measure,
  ModuleRow,
  Moments,
  Scope,
  ThreadRow,
} from '../../extension/shared/capture';
import { measures } from '../../extension/shared/measures';
import { ownAmounts, type Parts } from './amounts';
import { type Frames, framesOf, functionMatcher, origins } from './frames';

/** Figures by a key of places: own, and with callees counted once a stack, at the outermost. */
type Tally = Map<string, { place: number; own: Figures; callees: Figures }>;

export class Tables {
  private readonly frames: Record<Measure, Frames>;

  constructor(
    private readonly moments: Moments,
    parts: Parts,
    scope: Scope | null | undefined,
  ) {
    const entries = measures.map((measure) => [
      measure,
      framesOf(moments, ownAmounts(moments, measure, parts), { scope }),
    ]);
    this.frames = Object.fromEntries(entries) as Record<Measure, Frames>;
  }

  functions(measure: Measure | undefined, limit: number | undefined): Answers['functions'] {
    const { places } = this.moments;
    const tally = this.tally((place) => `${places.file[place]} ${places.function[place]} ${places.first_line[place]}`);
    const rows = [...tally.values()].map(({ place, own, callees }) => {
      const { file, first_line, origin, function: name } = this.placeOf(place);
      return { file, function: name, first_line, origin, own, with_callees: callees };
    });
    rows.sort(
      (a, b) => compare(a.own, b.own, measure ?? 'peak') || compare(a.with_callees, b.with_callees, measure ?? 'peak'),
    );
    return { functions: limit === undefined ? rows : rows.slice(0, limit) };
  }

  lines(): Answers['lines'] {
    const yours = this.innermostOfYours();
    const rows: LineRow[] = [...this.tally((place) => String(place)).entries()].map(
      ([key, { place, own, callees }]) => {
        const { file, line, function: name, origin } = this.placeOf(place);
        return { file, line, function: name, origin, ...own, yours: yours.get(key) ?? none(), with_callees: callees };
      },
    );
    const without = this.withoutPython();
    if (!isEmpty(without)) {
      const nowhere = { file: null, line: null, function: null, origin: 'native' as const };
      rows.push({ ...nowhere, ...without, yours: without, with_callees: without });
    }
    return { rows: rows.sort((a, b) => compare(a, b, 'peak')) };
  }

  modules(): Answers['modules'] {
    const name = (place: number) => this.moduleOf(place);
    const rows: ModuleRow[] = [...this.tally(name).entries()]
      .filter(([, { place }]) => this.placeOf(place).origin !== 'standard_library')
      .map(([module, { place, own, callees }]) => ({
        module,
        origin: this.placeOf(place).origin,
        own,
        with_callees: callees,
      }));
    return { modules: rows.sort((a, b) => compare(a.own, b.own, 'peak')) };
  }

  threads(): Answers['threads'] {
    const rows = new Map<number, ThreadRow>(this.moments.threads.map((row) => [row.id, { ...row, ...none() }]));
    for (const measure of measures) {
      const split = framesOf(this.moments, this.frames[measure].raw, { splitThreads: true });
      for (const child of split.children[0]!) {
        const row = rows.get(-1 - split.place[child]!);
        if (row) put(row, measure, split.sum.bytes[child]!, split.sum.allocations[child]!);
      }
    }
    return { threads: [...rows.values()] };
  }

  neighbours(id: FunctionId, measure: Measure, limit: number): Answers['neighbours'] {
    const matches = functionMatcher(this.moments, id);
    const own = none();
    const callees = none();
    for (const each of measures) {
      const frames = this.frames[each];
      frames.place.forEach((place, node) => {
        if (node > 0 && !frames.folded[node] && matches(place)) {
          put(own, each, frames.own.bytes[node]!, frames.own.allocations[node]!);
        }
      });
      outermost(
        frames,
        (node) => (matches(frames.place[node]!) ? 'it' : ''),
        (node) => {
          put(callees, each, frames.sum.bytes[node]!, frames.sum.allocations[node]!);
        },
      );
    }
    const frames = this.frames[measure];
    const above = new Map<string, { place: number; bytes: number; allocations: number }>();
    const beneath = new Map<string, { place: number; bytes: number; allocations: number }>();
    const add = (rows: typeof above, place: number, node: number) => {
      const { places } = this.moments;
      const key = `${places.file[place]} ${places.function[place]} ${places.first_line[place]}`;
      const row = rows.get(key) ?? { place, bytes: 0, allocations: 0 };
      row.bytes += frames.sum.bytes[node]!;
      row.allocations += frames.sum.allocations[node]!;
      rows.set(key, row);
    };
    outermost(
      frames,
      (node) => (matches(frames.place[node]!) ? 'it' : ''),
      (node) => {
        const parent = frames.parent[node]!;
        if (parent > 0) add(above, frames.place[parent]!, node);
        for (const child of frames.children[node]!)
          if (!frames.folded[child]) add(beneath, frames.place[child]!, child);
      },
    );
    const rows = (found: typeof above) =>
      [...found.values()]
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, limit)
        .map(({ place, bytes, allocations }) => {
          const { file, function: name, first_line, origin } = this.placeOf(place);
          return { file, function: name, first_line, origin, bytes, allocations };
        });
    return { own, with_callees: callees, callers: rows(above), callees: rows(beneath) };
  }

  total(): Figures {
    const figures = none();
    for (const measure of measures) {
      const { sum } = this.frames[measure];
      put(figures, measure, sum.bytes[0]!, sum.allocations[0]!);
    }
    return figures;
  }

  private tally(keyOf: (place: number) => string): Tally {
    const tally: Tally = new Map();
    const entryOf = (place: number) => {
      const key = keyOf(place);
      const entry = tally.get(key) ?? { place, own: none(), callees: none() };
      tally.set(key, entry);
      return entry;
    };
    for (const measure of measures) {
      const frames = this.frames[measure];
      const { own, sum } = frames;
      for (let node = 1; node < frames.place.length; node++) {
        if (frames.folded[node]) continue;
        put(entryOf(frames.place[node]!).own, measure, own.bytes[node]!, own.allocations[node]!);
      }
      outermost(
        frames,
        (node) => keyOf(frames.place[node]!),
        (node) => {
          put(entryOf(frames.place[node]!).callees, measure, sum.bytes[node]!, sum.allocations[node]!);
        },
      );
    }
    for (const [key, { callees }] of tally) if (isEmpty(callees)) tally.delete(key);
    return tally;
  }

  private innermostOfYours(): Map<string, Figures> {
    const found = new Map<string, Figures>();
    for (const measure of measures) {
      const frames = this.frames[measure];
      const mine = new Int32Array(frames.place.length).fill(-1);
      for (let node = 1; node < frames.place.length; node++) {
        const place = frames.place[node]!;
        const isYours = !frames.folded[node] && origins[this.moments.places.origin[place]!] === 'yours';
        mine[node] = isYours ? place : mine[frames.parent[node]!]!;
        if (mine[node]! < 0) continue;
        const key = String(mine[node]);
        const figures = found.get(key) ?? none();
        put(figures, measure, frames.own.bytes[node]!, frames.own.allocations[node]!);
        found.set(key, figures);
      }
    }
    return found;
  }

  /** The root's own memory: that of stacks without Python frames. */
  private withoutPython(): Figures {
    const figures = none();
    for (const measure of measures) {
      const { own } = this.frames[measure];
      put(figures, measure, own.bytes[0]!, own.allocations[0]!);
    }
    return figures;
  }

  private placeOf(place: number) {
    const { places, strings } = this.moments;
    const file = places.file[place]!;
    return {
      file: file < 0 ? null : strings[file]!,
      function: strings[places.function[place]!]!,
      line: places.line[place]! || null,
      first_line: places.first_line[place]! || null,
      origin: origins[places.origin[place]!]!,
    };
  }

  /** The package or module at the top, by the file's path. */
  private moduleOf(place: number): string {
    const { file } = this.placeOf(place);
    if (file === null || file.startsWith('<')) return file ?? 'native';
    const below = /\/(?:site|dist)-packages\/([^/]+)/.exec(file)?.[1] ?? file.slice(file.lastIndexOf('/') + 1);
    return below.replace(/\.py$/, '');
  }
}

/** Calls `found` for each node that has a key which none of its callers has, so that recursion counts once. */
function outermost(frames: Frames, keyOf: (node: number) => string, found: (node: number) => void): void {
  const open = new Map<string, number>();
  const waiting: { node: number; leaving?: string }[] = [{ node: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, leaving } = next;
    if (leaving !== undefined) {
      open.set(leaving, open.get(leaving)! - 1);
      continue;
    }
    const key = node > 0 && !frames.folded[node] && frames.place[node]! >= 0 ? keyOf(node) : '';
    if (key) {
      const depth = open.get(key) ?? 0;
      if (depth === 0) found(node);
      open.set(key, depth + 1);
      waiting.push({ node, leaving: key });
    }
    for (const child of frames.children[node]!) waiting.push({ node: child });
  }
}

function none(): Figures {
  return {
    peak_bytes: 0,
    peak_allocations: 0,
    unfreed_bytes: 0,
    unfreed_allocations: 0,
    total_bytes: 0,
    total_allocations: 0,
    temporary_bytes: 0,
    temporary_allocations: 0,
  };
}

function put(figures: Figures, measure: Measure, bytes: number, allocations: number): void {
  figures[`${measure}_bytes`] += bytes;
  figures[`${measure}_allocations`] += allocations;
}

const isEmpty = (figures: Figures) => measures.every((measure) => figures[`${measure}_allocations`] === 0);

const compare = (a: Figures, b: Figures, measure: Measure) => b[`${measure}_bytes`] - a[`${measure}_bytes`];
