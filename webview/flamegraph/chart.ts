/**
 * d3-flame-graph behind the interface we want: frames in, zooms and reveals out.
 * What it does otherwise than one would guess is said where it matters.
 */
import flamegraph, { type ChartNode, type FlameGraph } from 'd3-flame-graph';
import { type Selection, select } from 'd3-selection';
import type {} from 'd3-transition';
import { t } from '../../extension/shared/translate';
import './flamegraph.css';
import { type Frame, walk } from './frame';
import { type Visible, visibleFrames } from './visible';

const rowHeight = 22;
const zoomMs = 150;
/** Of the callers of what is zoomed to, at least so many are drawn. */
const callers = 50;

interface Datum {
  frame: Frame;
  value: number;
  children: Datum[];
  /** Not drawn. */
  hide: boolean;
  /** Above what is zoomed to: drawn as wide as the graph, and paler. */
  fade: boolean;
}
type Node = ChartNode<Datum>;
type Drawn = Selection<SVGGElement, Node, SVGSVGElement, unknown>;

export interface ChartOptions {
  label(frame: Frame, width: number, cut: boolean): string;
  tooltip(frame: Frame): string;
  spokenLabel(frame: Frame): string;
  fill(frame: Frame): string;
  /** Not what a search looks for. */
  dimmed(frame: Frame): boolean;
  /** A click; the chart does not zoom by itself. */
  onZoom(frame: Frame): void;
  /** A click with Ctrl or Cmd held, or with Alt: beside. */
  onReveal(frame: Frame, beside: boolean): void;
}

/** A frame as it is drawn, in pixels of the graph. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string;
  label: string;
  labelColour: string;
}

export class FlameChart {
  private readonly chart: FlameGraph<Datum>;
  private data: ReadonlyMap<Frame, Datum> = new Map();
  private visible: Visible = { frames: new Set(), cut: new Set() };
  private readonly elements = new Map<Frame, SVGGElement>();
  private readonly nodes = new Map<Frame, Node>();
  private readonly mark = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private started = false;
  /** The topmost frame that is drawn. */
  private top: Frame | null = null;
  private zoomed: Frame | null = null;
  private selected: Frame | null = null;
  private width = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: ChartOptions,
  ) {
    this.mark.setAttribute('class', 'mark');
    this.chart = flamegraph<Datum>()
      .inverted(true)
      .cellHeight(rowHeight)
      .minFrameSize(1)
      .tooltip(false)
      .getName((node) => this.label(node))
      .setLabelHandler((node) => this.options.tooltip(node.data.frame))
      .setColorMapper((node) => this.options.fill(node.data.frame));
    // Before the chart's own listener, which zooms at once: it knows no modifier keys, walks all frames by recursion,
    // and draws all there are.
    host.addEventListener('click', (event) => this.onClick(event), { capture: true });
  }

  /** Draws the tree that the frame is of, zoomed to the frame. */
  show(zoomed: Frame): void {
    this.top = null;
    this.selected = null;
    this.draw(zoomed, 0);
  }

  zoomTo(frame: Frame): void {
    if (frame !== this.zoomed) this.draw(frame, this.calm.matches ? 0 : zoomMs);
  }

  resize(width: number): void {
    if (width === this.width || width <= 0) return;
    this.width = width;
    if (this.zoomed) this.draw(this.zoomed, 0);
  }

  /** Colours and texts again, for another search or other units; nothing moves. */
  repaint(): void {
    if (!this.zoomed) return;
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
    // Later: it needs the layout, which the browser makes once a frame anyway.
    requestAnimationFrame(() => element.scrollIntoView({ block: 'nearest' }));
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

  /** What is drawn with the colours that the theme gives it now, to be drawn elsewhere. */
  boxes(): Box[] {
    const boxes: Box[] = [];
    const { width } = this;
    this.drawn().each(function (node) {
      const rect = this.querySelector('rect')!;
      const label = this.querySelector<HTMLElement>('.d3-flame-graph-label');
      const style = getComputedStyle(rect);
      boxes.push({
        x: node.x0 * width,
        y: node.depth * rowHeight,
        width: Math.max(0, (node.x1 - node.x0) * width),
        height: rowHeight,
        fill: style.fill,
        label: label?.textContent ?? '',
        labelColour: label ? getComputedStyle(label).color : '',
      });
    });
    return boxes;
  }

  private onClick(event: MouseEvent): void {
    const element = event.target instanceof Element ? event.target.closest('g.frame') : null;
    if (!element) return;
    event.stopPropagation();
    const { frame } = select<Element, Node>(element).datum().data;
    if (event.ctrlKey || event.metaKey || event.altKey) this.options.onReveal(frame, event.altKey);
    else this.options.onZoom(frame);
  }

  /** As the chart would zoom by itself, but to no more frames than it can draw at once. */
  private draw(zoomed: Frame, duration: number): void {
    const top = topOf(zoomed);
    const before = this.top;
    if (top !== before) this.data = copyOf(top);
    this.top = top;
    this.zoomed = zoomed;
    this.hideAllBut(zoomed);
    this.chart.width(this.width).transitionDuration(duration);
    if (top === before) this.chart.update();
    else if (this.started) this.chart.update(this.data.get(top)!);
    else select(this.host).datum(this.data.get(top)!).call(this.chart);
    this.started = true;
    this.settle();
  }

  private hideAllBut(zoomed: Frame): void {
    this.visible = visibleFrames(zoomed, this.width);
    for (const [frame, datum] of this.data) {
      datum.hide = !this.visible.frames.has(frame);
      datum.fade = false;
    }
    for (let at = this.data.get(zoomed.parent!); at; at = this.data.get(at.frame.parent!)) at.fade = true;
  }

  /** Finishes what the chart leaves to timers of its own, whatever duration was asked for, and adds what it lacks. */
  private settle(): void {
    const drawn = this.drawn();
    this.elements.clear();
    this.nodes.clear();
    let deepest = 0;
    const { elements, nodes, options } = this;
    drawn.each(function (node) {
      elements.set(node.data.frame, this);
      nodes.set(node.data.frame, node);
      deepest = Math.max(deepest, node.depth);
    });
    drawn
      .classed('fade', false)
      .classed('caller', (node) => node.data.fade)
      .classed('dimmed', (node) => options.dimmed(node.data.frame))
      .classed('folded', (node) => node.data.frame.folded > 0)
      .attr('role', 'treeitem')
      .attr('aria-level', (node) => node.data.frame.depth + 1)
      .attr('aria-label', (node) => options.spokenLabel(node.data.frame));
    // It says the same, and more.
    drawn.select('foreignObject').attr('aria-hidden', 'true');
    drawn
      .select<SVGRectElement>('rect')
      .filter(function () {
        return !this.hasAttribute('width');
      })
      .interrupt()
      .attr('width', (node) => this.pixels(node));
    drawn
      .select('foreignObject > div')
      .interrupt()
      .text((node) => this.label(node));
    const svg = this.svg();
    svg.setAttribute('height', String((deepest + 1) * rowHeight));
    svg.setAttribute('role', 'tree');
    svg.setAttribute('aria-label', t('Flame graph'));
    svg.append(this.mark);
    this.placeMark();
    this.markCurrent();
  }

  /** The stroke of the selected frame is a rectangle above all frames: a frame's own would lie below its neighbours'. */
  private placeMark(): void {
    const node = this.selected && this.nodes.get(this.selected);
    this.mark.style.display = node ? '' : 'none';
    if (!node) return;
    const place = { x: node.x0 * this.width, y: node.depth * rowHeight, width: this.pixels(node), height: rowHeight };
    for (const [name, value] of Object.entries(place)) this.mark.setAttribute(name, String(value));
  }

  /** One frame of the tree takes part in the order of Tab. */
  private markCurrent(): void {
    const current = [this.selected, this.zoomed, this.top].find((frame) => frame && this.elements.has(frame));
    this.drawn()
      .attr('tabindex', (node) => (node.data.frame === current ? 0 : -1))
      .attr('aria-selected', (node) => String(node.data.frame === this.selected));
  }

  private label(node: Node): string {
    const { frame } = node.data;
    return this.options.label(frame, this.pixels(node), this.visible.cut.has(frame));
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

/** The root, or below thousands of callers a frame some rows above: it changes rarely, since nothing glides when it does. */
function topOf(zoomed: Frame): Frame {
  const depth = Math.max(0, Math.floor(zoomed.depth / callers) - 1) * callers;
  let top = zoomed;
  while (top.depth > depth && top.parent) top = top.parent;
  return top;
}

/** The chart writes into what it is given, so each tree it draws is a copy. Without recursion: stacks are deep. */
function copyOf(top: Frame): Map<Frame, Datum> {
  const copies = new Map<Frame, Datum>();
  for (const frame of walk(top)) {
    const copy: Datum = { frame, value: frame.weight, children: [], hide: false, fade: false };
    if (frame.parent) copies.get(frame.parent)?.children.push(copy);
    copies.set(frame, copy);
  }
  return copies;
}
