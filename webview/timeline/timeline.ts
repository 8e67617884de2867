/** The heap and the resident memory over time, drawn by uPlot on a canvas: it must be told when the theme changes. */
import uPlot from 'uplot';
import { t } from '../../extension/shared/translate';
import 'uplot/dist/uPlot.min.css';
import { colour, variable } from './theme';
import './timeline.css';
import type { History, Timeline } from '../../extension/shared/capture';
import type { TimeRange } from '../../extension/shared/panel';
import { formatBytes, formatDuration, type Units } from '../../extension/shared/units';
import { byteSteps, byteTick, timeSteps, timeTick } from './axis';
import { draggedRange, rangeByKey, rangeText } from './range';

const height = 136;
/** Above the highest line, for the label of the peak. */
const headroom = 1.18;

interface Content {
  timeline: Timeline;
  units: Units;
  range: TimeRange | null;
  /** Beginnings of generations, in seconds since the start. */
  marks: readonly number[];
  /** Of the run that is compared with. */
  base: Timeline | null;
  /** The heap of the chosen region. */
  region: Pick<History, 'times' | 'heap'> | null;
  /** A part of the run can be chosen. */
  hasRanges: boolean;
}

export class TimelineView {
  private plot: uPlot | null = null;
  private shown: Content | null = null;
  private width = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly onRange: (range: TimeRange | null) => void,
  ) {
    host.addEventListener('keydown', (event) => this.onKey(event));
    host.addEventListener('dblclick', () => {
      if (this.shown?.hasRanges) this.onRange(null);
    });
  }

  show(content: Content): void {
    const before = this.shown;
    this.shown = content;
    if (before?.hasRanges !== content.hasRanges) this.build();
    else if (before.units === content.units && before.timeline === content.timeline && this.plot) {
      if (before.range !== content.range) this.drawRange();
      const same = (['marks', 'base', 'region'] as const).every((key) => before[key] === content[key]);
      if (!same) this.recolour();
    } else if (before.units === content.units && this.plot) {
      this.plot.setData(seriesOf(content.timeline));
    } else this.build();
    this.describe(content);
  }

  resize(width: number): void {
    if (width === this.width || width <= 0) return;
    this.width = width;
    if (this.plot) {
      this.plot.setSize({ width, height });
      this.drawRange();
    } else this.build();
  }

  /** A canvas keeps the colours it was drawn with. */
  recolour(): void {
    this.plot?.redraw(false, true);
  }

  private build(): void {
    if (!this.shown || this.width === 0) return;
    this.plot?.destroy();
    this.plot = new uPlot(this.optionsOf(this.shown), seriesOf(this.shown.timeline), this.host);
  }

  private describe({ timeline, units, range, hasRanges }: Content): void {
    const peak = [formatBytes(timeline.peak.bytes, units), formatDuration(timeline.peak.time_s)];
    const label = hasRanges
      ? t('Heap and resident memory over time; the heap was largest, {0}, at {1}. Arrows choose a range.', ...peak)
      : t('Heap and resident memory over time; the heap was largest, {0}, at {1}.', ...peak);
    this.host.setAttribute('aria-label', label);
    this.host.setAttribute('role', hasRanges ? 'slider' : 'img');
    this.host.tabIndex = hasRanges ? 0 : -1;
    if (!hasRanges) return;
    this.host.setAttribute('aria-valuemin', '0');
    this.host.setAttribute('aria-valuemax', this.duration.toFixed(1));
    this.host.setAttribute('aria-valuenow', (range?.from_s ?? 0).toFixed(1));
    this.host.setAttribute('aria-valuetext', range ? rangeText(range) : t('Whole run'));
  }

  private get duration(): number {
    return this.shown?.timeline.times.at(-1) ?? 0;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.shown?.hasRanges) return;
    const range = event.key === 'Escape' ? null : rangeByKey(this.shown.range, event, this.duration);
    if (range === undefined || (range === null && !this.shown.range)) return;
    event.preventDefault();
    event.stopPropagation();
    this.onRange(range);
  }

  /** uPlot's own rectangle, which dragging draws too. */
  private drawRange(): void {
    const { plot, shown } = this;
    if (!plot || !shown) return;
    const { range } = shown;
    const left = range ? plot.valToPos(range.from_s ?? 0, 'x') : 0;
    const right = range ? plot.valToPos(Math.min(range.to_s ?? this.duration, this.duration), 'x') : 0;
    plot.setSelect(
      { left, width: Math.max(0, right - left), top: 0, height: range ? plot.over.clientHeight : 0 },
      false,
    );
  }

  private optionsOf({ units, hasRanges }: Content): uPlot.Options {
    const peak = () => this.shown?.timeline.peak ?? { time_s: 0, bytes: 0 };
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
      cursor: { x: false, y: false, points: { show: false }, drag: { x: hasRanges, y: false, setScale: false } },
      select: { show: true, left: 0, top: 0, width: 0, height: 0 },
      padding: [0, 10, 0, 0],
      scales: {
        x: { time: false, range: (_, min, max) => [Math.min(0, min), max > min ? max : min + 1] },
        y: { range: (_, __, max) => [0, Math.max(max, peak().bytes, this.shown?.base?.peak.bytes ?? 0, 1) * headroom] },
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
          // Of a region, it is that which is filled.
          fill: () => (this.shown?.region ? 'transparent' : colour('--alloclens-heap-fill')),
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
        {
          stroke: () => colour('--vscode-alloclens-timelineArenas'),
          width: 1,
          points: { show: false },
        },
      ],
      hooks: {
        ready: [() => this.drawRange()],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            const range = draggedRange(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'), this.duration);
            if (range) this.onRange(range);
            else this.drawRange();
          },
        ],
        draw: [
          (plot) => {
            if (!this.shown) return;
            if (this.shown.base) drawBase(plot, this.shown.base);
            if (this.shown.region) drawRegion(plot, this.shown.region);
            // With the scales of new data, which are not known before.
            this.drawRange();
            for (const mark of this.shown.marks) drawMark(plot, mark);
            this.drawPeak(plot, this.shown.timeline);
          },
        ],
      },
    };
  }

  /** The dot at the peak, and its figure above all lines. */
  private drawPeak(plot: uPlot, timeline: Timeline): void {
    const { peak } = timeline;
    if (peak.bytes <= 0) return;
    const ratio = devicePixelRatio;
    const { ctx, bbox } = plot;
    const x = plot.valToPos(peak.time_s, 'x', true);
    const y = plot.valToPos(peak.bytes, 'y', true);
    const text = t('peak {0}', formatBytes(peak.bytes, this.shown?.units));
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
    const above = highestBetween(from, to, timeline);
    const top = plot.valToPos(above, 'y', true) - 5 * ratio;
    ctx.fillText(text, centre - half, Math.max(top, bbox.top + 13 * ratio));
    ctx.restore();
  }
}

/** The heap of the other run, over the same seconds. */
function drawBase(plot: uPlot, { times, heap }: Timeline): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour('--vscode-foreground');
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  for (const [i, time] of times.entries()) {
    ctx.lineTo(plot.valToPos(time, 'x', true), plot.valToPos(heap[i] ?? 0, 'y', true));
  }
  ctx.stroke();
  ctx.restore();
}

/** The heap of a region, below that of the program. */
function drawRegion(plot: uPlot, { times, heap }: Pick<History, 'times' | 'heap'>): void {
  const { ctx, bbox } = plot;
  const at = (time: number, bytes: number) =>
    [plot.valToPos(time, 'x', true), plot.valToPos(bytes, 'y', true)] as const;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour('--alloclens-region-fill');
  ctx.beginPath();
  ctx.moveTo(...at(times[0] ?? 0, 0));
  for (const [i, time] of times.entries()) ctx.lineTo(...at(time, heap[i] ?? 0));
  ctx.lineTo(...at(times.at(-1) ?? 0, 0));
  ctx.fill();
  ctx.restore();
}

/** A line where a generation begins. */
function drawMark(plot: uPlot, seconds: number): void {
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(seconds, 'x', true));
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour('--vscode-foreground');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 2 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Times, and the lines over them: arenas, where they are recorded, are none of the heap's. */
function seriesOf({ times, heap, rss, arenas }: Timeline): uPlot.AlignedData {
  return [times, heap, rss, arenas ?? times.map(() => null)];
}

function highestBetween(from: number, to: number, { times, heap, rss, arenas, peak }: Timeline): number {
  let highest = peak.bytes;
  times.forEach((time, i) => {
    if (time >= from && time <= to) highest = Math.max(highest, heap[i] ?? 0, rss[i] ?? 0, arenas?.[i] ?? 0);
  });
  return highest;
}
