/** Answers what the panel asks, from the page's own data. Pure. */
import type { HiddenFrames, Measure, Scope } from '../../extension/shared/capture';
import type { FlatTree } from '../../extension/shared/panel';
import { ownAmounts, partsOf } from './amounts';
import type { PageData } from './data';
import { framesOf } from './frames';
import { Tables } from './tables';
import { treeOf } from './tree';

/** What the panel may ask; it knows more questions than a page can answer. */
// biome-ignore lint/suspicious/noExplicitAny: questions are checked where they are asked.
type Question = { query: string; scope?: Scope | null } & Record<string, any>;

export class Answers {
  private tables: { key: string; tables: Tables } | null = null;

  constructor(
    private readonly data: PageData,
    /** Frames that the page's own switches hide. */
    public hide: readonly HiddenFrames[] = [],
  ) {}

  /** Throws an Error with a sentence when the page does not carry what is asked for. */
  to(question: Question): unknown {
    const { data } = this;
    const { scope } = question;
    const whole = scope?.from_s == null && scope?.to_s == null;
    switch (question.query) {
      case 'summary':
        return whole && !scope?.threads ? data.summary : { ...data.summary, ...this.tablesOf(scope).total() };
      case 'timeline':
        return whole ? data.timeline : cut(data, scope!);
      case 'tree':
        return this.tree(question);
      case 'functions':
        return this.tablesOf(scope).functions(question.measure, question.limit);
      case 'lines':
        return this.tablesOf(scope).lines();
      case 'modules':
        return this.tablesOf(scope).modules();
      case 'threads':
        return this.tablesOf(scope).threads();
      case 'neighbours':
        return this.tablesOf(scope).neighbours(question.function, question.measure, question.limit);
      case 'regions':
        return { regions: [] };
      case 'allocators':
      case 'sizes':
        if (!whole)
          throw new Error(`This page has ${question.query} of the whole run only. Open the capture for a range.`);
        return question.query === 'sizes' ? { sizes: data.sizes } : { allocators: data.allocators };
      default:
        throw new Error('This page does not carry that. Open the capture in the editor to see it.');
    }
  }

  private tree({ scope, measure, max_nodes, inverted, root, split_threads, hide }: Question): FlatTree {
    const { moments, diff } = this.data;
    if (diff) {
      if (scope || root || split_threads || this.hide.length) throw new Error('A comparison is of whole runs.');
      return diff[measure as Measure][inverted ? 'up' : 'down'];
    }
    const own = ownAmounts(moments, measure, partsOf(moments, scope));
    const frames = framesOf(moments, own, {
      scope,
      hide: [...this.hide, ...(hide ?? [])],
      splitThreads: split_threads,
    });
    return treeOf(moments, frames, { maxNodes: max_nodes, inverted, root });
  }

  private tablesOf(scope: Scope | null | undefined): Tables {
    const key = JSON.stringify(scope ?? null);
    if (this.tables?.key !== key) {
      const { moments } = this.data;
      this.tables = { key, tables: new Tables(moments, partsOf(moments, scope), scope) };
    }
    return this.tables.tables;
  }
}

function cut({ timeline }: PageData, { from_s, to_s }: Scope): PageData['timeline'] {
  const keep = timeline.times.map((time) => time >= (from_s ?? 0) && time < (to_s ?? Number.POSITIVE_INFINITY));
  const kept = <T>(values: T[]) => values.filter((_, i) => keep[i]);
  const arenas = timeline.arenas && { arenas: kept(timeline.arenas) };
  return { ...timeline, times: kept(timeline.times), heap: kept(timeline.heap), rss: kept(timeline.rss), ...arenas };
}
