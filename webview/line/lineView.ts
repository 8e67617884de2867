/** All about one line: its figures, how large and how long-lived its blocks are, its memory over time, and its call paths. */
import uPlot from 'uplot';
import type { Answers, History, LineDetail, PathFrame } from '../../extension/shared/capture';
import type { Location } from '../../extension/shared/contributions';
import { t } from '../../extension/shared/translate';
import { formatBytes, type Units } from '../../extension/shared/units';
import { placeOf } from '../flamegraph/frame';
import { element } from '../shell/dom';
import { shownText } from '../shell/shown';
import { byteTick } from '../timeline/axis';
import { colour } from '../timeline/theme';
import './line.css';
import { factsOf, lifetimesOf } from './facts';

const chartHeight = 84;

interface Content {
  line: Location;
  detail: LineDetail | null;
  history: Answers['history'] | null;
  units: Units;
}

export class LineView {
  private shown: Content | null = null;
  private plot: uPlot | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly reveal: (file: string, line: number) => void,
  ) {}

  show(content: Content): void {
    const before = this.shown;
    const keys = ['line', 'detail', 'history', 'units'] as const;
    if (before && keys.every((key) => before[key] === content[key])) return;
    this.shown = content;
    this.plot?.destroy();
    this.plot = null;
    const { detail, history, line, units } = content;
    const chart = element('div', { class: 'curve', role: 'img', 'aria-label': t('Memory of this line over time') });
    this.host.replaceChildren(
      element('h2', {}, this.link(line.file, line.line, placeOf(line.file, line.line))),
      list(factsOf(detail, history, units)),
      ...(history ? [chart] : []),
      ...(history ? [this.lifetimes(history, units)] : []),
      ...(detail ? this.paths(detail, units) : []),
    );
    if (history) this.draw(chart, history, units);
  }

  resize(): void {
    const width = this.host.querySelector('.curve')?.clientWidth ?? 0;
    if (width > 0) this.plot?.setSize({ width, height: chartHeight });
  }

  recolour(): void {
    this.plot?.redraw(false, true);
  }

  private draw(chart: HTMLElement, { times, heap }: History, units: Units): void {
    const axis = { stroke: () => colour('--vscode-descriptionForeground'), ticks: { show: false } };
    const options: uPlot.Options = {
      width: chart.clientWidth || 300,
      height: chartHeight,
      legend: { show: false },
      cursor: { show: false },
      padding: [6, 10, 0, 0],
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(max, 1) * 1.05] } },
      axes: [
        { show: false },
        {
          ...axis,
          size: 58,
          gap: 6,
          space: 30,
          grid: { stroke: () => colour('--alloclens-grid'), width: 1 },
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
      ],
    };
    this.plot = new uPlot(options, [times, heap], chart);
  }

  private lifetimes(history: History, units: Units): HTMLElement {
    const rows = lifetimesOf(history, units);
    if (rows.length === 0) return element('p', { class: 'hint' }, t('Nothing of this line was freed.'));
    return section(
      t('Lifetime of freed blocks'),
      rows.map(({ text, figure, share }) => {
        const fill = element('span', { class: 'fill', 'aria-hidden': 'true' });
        fill.style.width = `${Math.max(1, share * 100)}%`;
        return [figure, text, element('span', { class: 'track' }, fill)];
      }),
    );
  }

  private paths({ allocated_in, called_from }: LineDetail, units: Units): HTMLElement[] {
    const allocated = allocated_in.map((frame) => [formatBytes(frame.bytes, units), this.frame(frame)]);
    const called = called_from
      .filter(({ path }) => path.length > 0)
      .map(({ path, bytes }) => [
        formatBytes(bytes, units),
        element(
          'span',
          {},
          ...path.flatMap((frame, i) => (i === 0 ? [this.frame(frame)] : [' ← ', this.frame(frame)])),
        ),
      ]);
    return [
      ...(allocated.length ? [section(t('Allocated in'), allocated)] : []),
      ...(called.length ? [section(t('Called from'), called)] : []),
    ];
  }

  private frame({ file, line, function: name }: PathFrame): Node {
    const place = placeOf(file, line);
    const text = place ? `${shownText(name)} ${place}` : shownText(name);
    return file === null || line === null ? element('span', {}, text) : this.link(file, line, text);
  }

  private link(file: string, line: number, text: string): HTMLElement {
    const button = element('button', { type: 'button', class: 'link', title: shownText(file) }, text);
    button.addEventListener('click', () => this.reveal(file, line));
    return button;
  }
}

function list(facts: { name: string; value: string }[]): HTMLElement {
  return element('dl', {}, ...facts.flatMap(({ name, value }) => [element('dt', {}, name), element('dd', {}, value)]));
}

function section(title: string, rows: (Node | string)[][]): HTMLElement {
  return element(
    'section',
    {},
    element('h3', {}, title),
    element('table', {}, ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))))),
  );
}
