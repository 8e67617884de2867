/** The heap and the resident memory over time, drawn by uPlot on a canvas: it must be told when the theme changes. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './timeline.css';
import type { Timeline } from '../../extension/shared/capture';
import { formatBytes, formatDuration, type Units } from '../../extension/shared/units';
import { byteSteps, byteTick, timeSteps, timeTick } from './axis';

const height = 136;
/** Above the highest line, for the label of the peak. */
const headroom = 1.18;

export class TimelineView {
  private plot: uPlot | null = null;
  private timeline: Timeline | null = null;
  private units: Units = 'si';
  private width = 0;

  constructor(private readonly host: HTMLElement) {}

  show(timeline: Timeline, units: Units): void {
    if (timeline === this.timeline && units === this.units) return;
    this.timeline = timeline;
    this.units = units;
    const { bytes, time_s } = timeline.peak;
    const spoken = `Heap and resident memory over time; the heap was largest, ${formatBytes(bytes, units)}, at ${formatDuration(time_s)}`;
    this.host.setAttribute('role', 'img');
    this.host.setAttribute('aria-label', spoken);
    this.build();
  }

  resize(width: number): void {
    if (width === this.width || width <= 0) return;
    this.width = width;
    if (this.plot) this.plot.setSize({ width, height });
    else this.build();
  }

  /** A canvas keeps the colours it was drawn with. */
  recolour(): void {
    this.plot?.redraw(false, true);
  }

  private build(): void {
    if (!this.timeline || this.width === 0) return;
    this.plot?.destroy();
    const { times, heap, rss } = this.timeline;
    this.plot = new uPlot(this.optionsOf(this.timeline), [times, heap, rss], this.host);
  }

  private optionsOf(timeline: Timeline): uPlot.Options {
    const { units } = this;
    const axis = {
      stroke: () => colour('--vscode-descriptionForeground'),
      font: `11px ${variable('--vscode-font-family') || 'sans-serif'}`,
      ticks: { show: false },
    };
    const grid = { stroke: () => colour('--alloclens-grid'), width: 1 };
    return {
      width: this.width,
      height,
      pxAlign: true,
      legend: { show: false },
      cursor: { show: false },
      padding: [0, 10, 0, 0],
      scales: {
        x: { time: false, range: (_, min, max) => [Math.min(0, min), max > min ? max : min + 1] },
        y: { range: (_, __, max) => [0, Math.max(max, timeline.peak.bytes, 1) * headroom] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 22,
          gap: 4,
          space: 64,
          incrs: timeSteps,
          values: (_, splits, __, ___, step) => splits.map((seconds) => timeTick(seconds, step)),
        },
        {
          ...axis,
          grid,
          size: 58,
          gap: 6,
          space: 24,
          incrs: byteSteps(units),
          values: (_, splits) => splits.map((bytes) => byteTick(bytes, units)),
        },
      ],
      series: [
        {},
        {
          stroke: () => colour('--vscode-alloclens-timelineHeap'),
          fill: () => colour('--alloclens-heap-fill'),
          width: 1.5,
          points: { show: false },
        },
        {
          stroke: () => colour('--vscode-alloclens-timelineRss'),
          width: 1,
          dash: [4, 3],
          spanGaps: true,
          points: { show: false },
        },
      ],
      hooks: { draw: [(plot) => this.drawPeak(plot, timeline)] },
    };
  }

  /** The dot at the peak, and its figure above both lines. */
  private drawPeak(plot: uPlot, { peak, times, heap, rss }: Timeline): void {
    if (peak.bytes <= 0) return;
    const ratio = devicePixelRatio;
    const { ctx, bbox } = plot;
    const x = plot.valToPos(peak.time_s, 'x', true);
    const y = plot.valToPos(peak.bytes, 'y', true);
    const text = `peak ${formatBytes(peak.bytes, this.units)}`;
    ctx.save();
    ctx.fillStyle = colour('--vscode-alloclens-heat5');
    ctx.beginPath();
    ctx.arc(x, y, 3.5 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.font = `${11 * ratio}px ${variable('--vscode-font-family') || 'sans-serif'}`;
    ctx.fillStyle = colour('--vscode-foreground');
    ctx.textBaseline = 'bottom';
    ctx.textAlign = 'left';
    const half = ctx.measureText(text).width / 2;
    const centre = Math.min(Math.max(x, bbox.left + half), bbox.left + bbox.width - half);
    const from = plot.posToVal(centre - half, 'x', true);
    const to = plot.posToVal(centre + half, 'x', true);
    const above = highestBetween(from, to, times, heap, rss, peak.bytes);
    const top = plot.valToPos(above, 'y', true) - 5 * ratio;
    ctx.fillText(text, centre - half, Math.max(top, bbox.top + 13 * ratio));
    ctx.restore();
  }
}

function highestBetween(
  from: number,
  to: number,
  times: number[],
  heap: number[],
  rss: (number | null)[],
  atLeast: number,
): number {
  let highest = atLeast;
  times.forEach((time, i) => {
    if (time >= from && time <= to) highest = Math.max(highest, heap[i] ?? 0, rss[i] ?? 0);
  });
  return highest;
}

function variable(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** A canvas takes colours only, so that `color-mix` and variables are worked out by an element first. */
function colour(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
