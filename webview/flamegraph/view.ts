/** The flame graph as the panel uses it: a tree, what is zoomed, selected and searched for, and the keyboard. */
import type { Colouring, FlatTree } from '../../extension/shared/panel';
import type { Units } from '../../extension/shared/units';
import { type Box, FlameChart } from './chart';
import { fillOf } from './colours';
import { type Frame, follow, pathOf, toFrames, walk } from './frame';
import { labelOf, spokenLabelOf, tooltipOf } from './labels';
import { type Command, frameCommandOf, neighbour } from './navigate';
import { type Hits, search } from './search';

export interface FlameGraphOptions {
  onZoom(frame: Frame): void;
  onReveal(frame: Frame, beside: boolean): void;
  onSelect(frame: Frame): void;
}

export interface Content {
  tree: FlatTree;
  zoom: readonly string[];
  search: string;
  units: Units;
  colouring: Colouring;
}

export class FlameGraph {
  root: Frame | null = null;
  selected: Frame | null = null;
  hits: Hits | null = null;
  private readonly chart: FlameChart;
  private found: ReadonlySet<Frame> | null = null;
  private shown: Content | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: FlameGraphOptions,
  ) {
    this.chart = new FlameChart(host, {
      label: (frame, width, cut) => labelOf(frame, width, this.scale.units, cut),
      tooltip: (frame) => tooltipOf(frame, this.scale),
      spokenLabel: (frame) => spokenLabelOf(frame, this.scale),
      fill: (frame) =>
        fillOf(frame, this.isDimmed(frame), {
          colouring: this.shown?.colouring ?? 'origin',
          total: this.scale.total,
        }),
      dimmed: (frame) => this.isDimmed(frame),
      onZoom: (frame) => this.zoomedByUser(frame),
      onReveal: (frame, beside) => this.reveal(frame, beside),
    });
    host.addEventListener('keydown', (event) => this.onKey(event));
  }

  get scale(): { total: number; units: Units } {
    return { total: this.shown?.tree.total_bytes || 1, units: this.shown?.units ?? 'si' };
  }

  get zoomed(): Frame | null {
    return this.root && follow(this.root, this.shown?.zoom ?? []);
  }

  show(content: Content): void {
    const before = this.shown;
    this.shown = content;
    const sameTree = before?.tree === content.tree;
    const selected = this.selected && pathOf(this.selected);
    if (!sameTree) this.root = toFrames(content.tree);
    this.host.classList.toggle('compares', this.root !== null && this.root.base !== null);
    if (!sameTree || before?.search !== content.search) this.searchFor(content.search);
    if (!this.root) return;
    if (!sameTree) {
      const focused = this.host.contains(document.activeElement);
      this.chart.show(this.zoomed!);
      const again = selected && follow(this.root, selected);
      this.selected = again && pathOf(again).length === selected.length ? again : null;
      this.chart.select(this.selected ?? (focused ? this.zoomed : null), { focus: focused });
      return;
    }
    const painted = (['search', 'units', 'colouring'] as const).every((key) => before[key] === content[key]);
    if (!painted) this.chart.repaint();
    if (before.zoom !== content.zoom) this.chart.zoomTo(this.zoomed!);
  }

  resize(width: number): void {
    this.chart.resize(width);
  }

  select(frame: Frame | null, focus = false): void {
    this.selected = frame;
    this.chart.select(frame, { focus });
    if (frame) this.options.onSelect(frame);
  }

  /** The largest frame of a function: where a row of the table is in the graph. */
  largestOf(name: string, file: string | null, firstLine: number | null): Frame | null {
    let largest: Frame | null = null;
    if (this.root) {
      for (const frame of walk(this.root)) {
        const same = frame.name === name && frame.file === file && frame.firstLine === firstLine;
        if (same && frame.weight > (largest?.weight ?? 0)) largest = frame;
      }
    }
    return largest;
  }

  /** The largest frame that executes a line; of a comparison, whose frames are whole functions, that of the function. */
  largestAt(file: string, line: number): Frame | null {
    let largest: Frame | null = null;
    if (this.root) {
      const first = this.root.base === null ? line : this.functionBefore(this.root, file, line);
      for (const frame of walk(this.root)) {
        if (frame.file === file && frame.line === first && frame.weight > (largest?.weight ?? 0)) largest = frame;
      }
    }
    return largest;
  }

  /** The first line of the function that begins last before a line. */
  private functionBefore(root: Frame, file: string, line: number): number {
    let first = 0;
    for (const frame of walk(root)) {
      if (frame.file === file && frame.line !== null && frame.line <= line) first = Math.max(first, frame.line);
    }
    return first;
  }

  /** What is drawn now. */
  boxes(): Box[] {
    return this.chart.boxes();
  }

  /** Goes to the next (1) or previous (-1) hit of the search, zooming to it when it is too small to be drawn. */
  showHit(step: 1 | -1): void {
    const frames = this.hits?.frames ?? [];
    if (frames.length === 0) return;
    const at = this.selected ? frames.indexOf(this.selected) : -1;
    const hit = frames[at < 0 ? (step > 0 ? 0 : frames.length - 1) : (at + step + frames.length) % frames.length]!;
    if (!this.chart.isDrawn(hit)) this.options.onZoom(hit);
    this.select(hit);
  }

  private isDimmed(frame: Frame): boolean {
    return this.found !== null && !this.found.has(frame);
  }

  private searchFor(term: string): void {
    this.hits = this.root && search(this.root, term, this.scale.total);
    this.found = this.hits && this.hits.frames.length > 0 ? new Set(this.hits.frames) : null;
  }

  private zoomedByUser(frame: Frame): void {
    // What was folded cannot be shown alone: its caller is, with as much of it as has room then.
    const to = frame.folded > 0 && frame.parent ? frame.parent : frame;
    this.options.onZoom(to);
    this.reveal(to, false);
  }

  private reveal(frame: Frame, beside: boolean): void {
    this.select(frame);
    this.options.onReveal(frame, beside);
  }

  private onKey(event: KeyboardEvent): void {
    const command = frameCommandOf(event);
    const at = this.selected ?? this.zoomed;
    if (!command || !at) return;
    event.preventDefault();
    this.run(command, at);
  }

  private run(command: Command, at: Frame): void {
    if (command.do === 'move') this.select(neighbour(at, command.to, this.chart.rows()), true);
    if (command.do === 'reveal' || command.do === 'revealBeside') this.options.onReveal(at, command.do !== 'reveal');
    if (command.do === 'zoom') this.zoomedByUser(at);
    if (command.do === 'parent' && this.zoomed?.parent) {
      const { parent } = this.zoomed;
      this.options.onZoom(parent);
      this.select(parent, true);
    }
  }
}
