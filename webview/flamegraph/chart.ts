/**
 * d3-flame-graph behind the interface we want: frames in, zooms and reveals out.
 * What it does otherwise than one would guess is said where it matters.
 */
import flamegraph, { type ChartNode, type FlameGraph } from 'd3-flame-graph';
import { type Selection, select } from 'd3-selection';
import type {} from 'd3-transition';
import { type Frame, walk } from './frame';

const rowHeight = 22;
/** Narrower frames are not drawn; each one drawn costs about a tenth of a millisecond. */
const smallestFrame = 2;
const zoomMs = 150;

interface Datum {
  frame: Frame;
  value: number;
  children: Datum[];
  /** Where the chart keeps what is zoomed to: beside it, and above it. */
  hide: boolean;
  fade: boolean;
}
type Node = ChartNode<Datum>;
type Drawn = Selection<SVGGElement, Node, SVGSVGElement, unknown>;

export interface ChartOptions {
  label(frame: Frame, width: number): string;
  tooltip(frame: Frame): string;
  spokenLabel(frame: Frame): string;
  fill(frame: Frame): string;
  /** By the pointer; what the program zooms to is not told. */
  onZoom(frame: Frame): void;
  /** By the pointer, with Ctrl or Cmd held. */
  onReveal(frame: Frame): void;
}

export class FlameChart {
  private readonly chart: FlameGraph<Datum>;
  private readonly nodes = new Map<Frame, Node>();
  private readonly elements = new Map<Frame, SVGGElement>();
  private readonly mark = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private root: Frame | null = null;
  private zoomed: Frame | null = null;
  private selected: Frame | null = null;
  private width = 0;
  /** `zoomTo` calls the click handler too. */
  private zoomingByCode = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: ChartOptions,
  ) {
    this.mark.setAttribute('class', 'mark');
    this.chart = flamegraph<Datum>()
      .inverted(true)
      .cellHeight(rowHeight)
      .minFrameSize(smallestFrame)
      .tooltip(false)
      .getName((node) => this.options.label(node.data.frame, this.pixels(node)))
      .setLabelHandler((node) => this.options.tooltip(node.data.frame))
      .setColorMapper((node) => this.options.fill(node.data.frame))
      .onClick((node) => {
        if (!this.zoomingByCode) this.zoomedByPointer(node.data.frame);
      });
    // Before the chart's own listener, which knows neither modifier keys nor folded frames and always zooms.
    host.addEventListener('click', (event) => this.onClick(event), { capture: true });
  }

  /** Draws another tree, zoomed to one of its frames. */
  show(root: Frame, zoomed: Frame): void {
    const first = this.root === null;
    this.root = root;
    this.zoomed = zoomed;
    this.selected = null;
    this.chart.width(this.width).transitionDuration(0);
    const data = copyOf(root, zoomed);
    if (first) select(this.host).datum(data).call(this.chart);
    else this.chart.update(data);
    this.nodes.clear();
    const rootNode = select<HTMLElement, Node>(this.host).datum();
    for (const node of below(rootNode)) this.nodes.set(node.data.frame, node);
    this.settle();
  }

  zoomTo(frame: Frame): void {
    const node = this.nodes.get(frame);
    if (!node || frame === this.zoomed) return;
    this.zoomed = frame;
    this.chart.transitionDuration(this.calm.matches ? 0 : zoomMs);
    this.zoomingByCode = true;
    try {
      this.chart.zoomTo(node);
    } finally {
      this.zoomingByCode = false;
    }
    this.settle();
  }

  resize(width: number): void {
    if (width === this.width || width <= 0) return;
    this.width = width;
    if (!this.root) return;
    this.chart.width(width).transitionDuration(0).update();
    this.settle();
  }

  /** Colours and texts again, for another search or other units; nothing moves. */
  repaint(): void {
    if (!this.root) return;
    this.drawn()
      .select<SVGRectElement>('rect')
      .attr('fill', (node) => this.options.fill(node.data.frame));
    this.drawn()
      .select('title')
      .text((node) => this.options.tooltip(node.data.frame));
    this.settle();
  }

  select(frame: Frame | null, { focus = false } = {}): void {
    this.selected = frame;
    this.placeMark();
    this.markCurrent();
    const element = frame && this.elements.get(frame);
    if (!element) return;
    element.scrollIntoView({ block: 'nearest' });
    if (focus) element.focus({ preventScroll: true });
  }

  isDrawn(frame: Frame): boolean {
    return this.elements.has(frame);
  }

  /** What is drawn, by depth, each row from left to right. */
  rows(): Frame[][] {
    const rows: Node[][] = [];
    this.drawn().each((node) => {
      const row = rows[node.depth] ?? [];
      row.push(node);
      rows[node.depth] = row;
    });
    return rows.map((row) => row.sort((a, b) => a.x0 - b.x0).map((node) => node.data.frame));
  }

  private onClick(event: MouseEvent): void {
    const element = event.target instanceof Element ? event.target.closest('g.frame') : null;
    if (!element) return;
    const { frame } = select<Element, Node>(element).datum().data;
    if (event.ctrlKey || event.metaKey) {
      event.stopPropagation();
      this.options.onReveal(frame);
    } else if (frame.folded > 0 && frame.parent) {
      event.stopPropagation();
      this.zoomTo(frame.parent);
      this.options.onZoom(frame.parent);
    } else {
      this.chart.transitionDuration(this.calm.matches ? 0 : zoomMs);
    }
  }

  private zoomedByPointer(frame: Frame): void {
    this.zoomed = frame;
    this.settle();
    this.options.onZoom(frame);
  }

  /** Finishes what the chart leaves to timers of its own, whatever duration was asked for, and adds what it lacks. */
  private settle(): void {
    const drawn = this.drawn();
    this.elements.clear();
    let deepest = 0;
    const { elements, options } = this;
    drawn.each(function (node) {
      elements.set(node.data.frame, this);
      deepest = Math.max(deepest, node.depth);
    });
    drawn
      .classed('folded', (node) => node.data.frame.folded > 0)
      .attr('role', 'treeitem')
      .attr('aria-level', (node) => node.depth + 1)
      .attr('aria-label', (node) => options.spokenLabel(node.data.frame));
    drawn
      .filter(':not(:has(rect[width]))')
      .select('rect')
      .interrupt()
      .attr('width', (node) => this.pixels(node));
    drawn
      .select('foreignObject > div')
      .interrupt()
      .text((node) => options.label(node.data.frame, this.pixels(node)));
    const svg = this.svg();
    svg.setAttribute('height', String((deepest + 1) * rowHeight));
    svg.setAttribute('role', 'tree');
    svg.setAttribute('aria-label', 'Flame graph');
    svg.append(this.mark);
    this.placeMark();
    this.markCurrent();
  }

  /** The stroke of the selected frame is a rectangle above all frames: a frame's own would lie below its neighbours'. */
  private placeMark(): void {
    const node = this.selected && this.elements.has(this.selected) ? this.nodes.get(this.selected) : undefined;
    this.mark.style.display = node ? '' : 'none';
    if (!node) return;
    const place = { x: node.x0 * this.width, y: node.depth * rowHeight, width: this.pixels(node), height: rowHeight };
    for (const [name, value] of Object.entries(place)) this.mark.setAttribute(name, String(value));
  }

  /** One frame of the tree takes part in the order of Tab. */
  private markCurrent(): void {
    const current = [this.selected, this.zoomed, this.root].find((frame) => frame && this.elements.has(frame));
    this.drawn()
      .attr('tabindex', (node) => (node.data.frame === current ? 0 : -1))
      .attr('aria-selected', (node) => String(node.data.frame === this.selected));
  }

  private pixels(node: Node): number {
    return Math.max(0, (node.x1 - node.x0) * this.width);
  }

  private svg(): SVGSVGElement {
    return this.host.querySelector('svg')!;
  }

  private drawn(): Drawn {
    return select(this.svg()).selectAll<SVGGElement, Node>('g.frame');
  }
}

/** The chart writes into what it is given, so it gets a copy each time; already zoomed, so that it draws once. */
function copyOf(root: Frame, zoomed: Frame): Datum {
  const copies = new Map<Frame, Datum>();
  for (const frame of walk(root)) {
    const copy: Datum = { frame, value: frame.bytes, children: [], hide: false, fade: false };
    if (frame.parent) copies.get(frame.parent)?.children.push(copy);
    copies.set(frame, copy);
  }
  for (let at = zoomed; at.parent; at = at.parent) {
    const parent = copies.get(at.parent)!;
    parent.fade = true;
    for (const child of parent.children) child.hide = child.frame !== at;
  }
  return copies.get(root)!;
}

function* below(root: Node): Generator<Node> {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    waiting.push(...(node.children ?? []));
  }
}
