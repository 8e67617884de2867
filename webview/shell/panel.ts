/** Draws the state, part by part, and turns what the user does into events and messages. */
import arrowDown from '@vscode/codicons/src/icons/arrow-down.svg';
import arrowUp from '@vscode/codicons/src/icons/arrow-up.svg';
import screenFull from '@vscode/codicons/src/icons/screen-full.svg';
import searchIcon from '@vscode/codicons/src/icons/search.svg';
import type { Measure, Origin } from '../../extension/shared/capture';
import { measures, measureWords } from '../../extension/shared/measures';
import type { PanelAction, PanelView } from '../../extension/shared/panel';
import { formatBytes, formatShare } from '../../extension/shared/units';
import { originColour, originNames } from '../flamegraph/colours';
import { type Frame, hasFolded, pathOf } from '../flamegraph/frame';
import { detailOf } from '../flamegraph/labels';
import { panelCommandOf } from '../flamegraph/navigate';
import { FlameGraph } from '../flamegraph/view';
import { type Row, sortedBy, toRows } from '../table/rows';
import { FunctionTable } from '../table/table';
import { TimelineView } from '../timeline/timeline';
import { byId, element, icon } from './dom';
import { Header } from './header';
import { Host, type Transport } from './host';
import { Segments } from './segments';
import { type Event, initialState, questions, reduce, type State } from './state';
import './detail.css';
import './toolbar.css';
import { emptyText, hitsText, measureNames, noHitText } from './words';

export class Panel {
  private state: State = initialState;
  private rows: readonly Row[] = [];
  private rowsOf: unknown = null;
  private readonly host: Host;
  private readonly header = new Header({ onAct: (action) => this.act(action) });
  private readonly timeline = new TimelineView(byId('plot'));
  private readonly graph = new FlameGraph(byId('chart'), {
    onZoom: (frame) => this.zoom(frame),
    onReveal: (frame) => this.reveal(frame.file, frame.line ?? frame.firstLine),
    onSelect: (frame) => this.selected(frame),
  });
  private readonly table = new FunctionTable(byId('table'), {
    onSort: (column) => this.choose({ sort: sortedBy(column, this.state.view.sort) }),
    onChoose: (row, only) => this.chooseRow(row, only),
  });
  private readonly measures = new Segments<Measure>(
    byId('measures'),
    'Measure',
    measures.map((measure) => ({
      value: measure,
      text: measureWords[measure].title,
      title: measureWords[measure].meaning,
    })),
    (measure) => {
      this.choose({ measure });
      this.host.post({ type: 'measure', measure });
    },
  );
  private readonly directions = new Segments<boolean>(
    byId('directions'),
    'Direction',
    [
      { value: false, text: 'Top-down', title: 'From the program down to what allocated', icon: arrowDown },
      { value: true, text: 'Bottom-up', title: 'From what allocated up to its callers', icon: arrowUp },
    ],
    (inverted) => this.choose({ inverted }),
  );
  private readonly searchField = byId<HTMLInputElement>('search');
  private readonly resetButton = byId<HTMLButtonElement>('reset');

  constructor(transport: Transport) {
    this.host = new Host(
      transport,
      (event) => this.dispatch(event),
      (text) => this.say(text),
    );
    this.searchField.before(icon(searchIcon));
    this.resetButton.prepend(icon(screenFull));
    this.drawLegend();
    this.listen();
    this.host.post({ type: 'ready' });
  }

  private dispatch(event: Event): void {
    const before = this.state;
    this.state = reduce(before, event);
    if (this.state === before) return;
    this.draw(this.state, before);
    const { capture, view } = this.state;
    if (capture && (view !== before.view || capture !== before.capture)) this.host.save({ ...capture, view });
    if (view !== before.view && event.type !== 'capture') this.host.post({ type: 'view', view });
    for (const { part, key, query } of questions(this.state)) this.host.ask(part, key, query);
  }

  private choose(view: Partial<PanelView>): void {
    this.dispatch({ type: 'choose', view });
  }

  private draw(state: State, before: State): void {
    const { view, units, parts } = state;
    this.header.show(state);
    document.body.classList.toggle('broken', parts.tree.failure !== null && parts.tree.value === null);
    this.measures.show(view.measure);
    this.directions.show(view.inverted);
    this.resetButton.disabled = view.zoom.length === 0;
    if (this.searchField.value !== view.search) this.searchField.value = view.search;
    if (parts.timeline.value) this.timeline.show(parts.timeline.value, units);
    const tree = parts.tree.value;
    if (tree) this.graph.show({ tree, zoom: view.zoom, search: view.search, units });
    this.drawRows(state);
    this.drawEmpty(state);
    this.drawHits(state);
    this.drawCrumbs(state);
    if (parts.tree.value !== before.parts.tree.value || units !== before.units) this.drawDetail();
  }

  private drawRows({ parts, view, units }: State): void {
    const functions = parts.functions.value;
    const tree = parts.tree.value;
    // Shares need the total, which comes with the tree; rows of one measure never stand beside the total of another.
    if (functions && tree && parts.functions.asked === null && parts.tree.asked === null && this.rowsOf !== functions) {
      this.rows = toRows(functions.functions, view.measure, tree.total_bytes);
      this.rowsOf = functions;
    }
    this.table.show({ rows: this.rows, sort: view.sort, search: view.search, units });
  }

  private drawEmpty({ parts, view }: State): void {
    const empty = byId('empty');
    const isEmpty = parts.tree.value !== null && this.graph.root === null;
    empty.hidden = !isEmpty;
    empty.textContent = emptyText(view.measure);
    byId('chart').hidden = parts.tree.value === null || isEmpty;
  }

  private drawHits({ view, units }: State): void {
    const { hits } = this.graph;
    const text = !hits
      ? ''
      : hits.frames.length === 0
        ? noHitText(view.search)
        : hitsText(hits.frames.length, hits.bytes, this.graph.scale.total, units);
    const place = byId('hits');
    if (place.textContent !== text) place.textContent = text;
  }

  /** Which part of memory the graph shows when it is not all of it, and the way back. */
  private drawCrumbs({ view, units, parts }: State): void {
    const crumbs = byId('crumbs');
    crumbs.hidden = view.root === null;
    if (!view.root) return;
    const back = element('button', { type: 'button', class: 'link' }, 'All memory');
    back.addEventListener('click', () => this.choose({ root: null }));
    const bytes = parts.tree.asked === null ? this.graph.root?.bytes : undefined;
    const figures =
      bytes === undefined
        ? ''
        : ` ${formatBytes(bytes, units)} · ${formatShare(bytes / this.graph.scale.total)} · all calls together`;
    crumbs.title = 'A stack on which the function stands more than once is counted once.';
    crumbs.replaceChildren(back, ' › ', element('b', {}, view.root.function), element('span', {}, figures));
  }

  private drawDetail(): void {
    const frame = this.graph.selected;
    const detail = byId('detail');
    if (!frame) {
      detail.textContent = 'Select a frame to see its figures and its line.';
      this.table.select(null);
    } else {
      const { name, rest } = detailOf(frame, this.graph.scale, {
        measure: measureNames[this.state.view.measure],
        inverted: this.state.view.inverted,
      });
      detail.replaceChildren(element('b', {}, name), ` ${rest}`);
      detail.title = `${name} ${rest}`;
    }
    byId('calls').hidden = !frame || frame.file === null || frame.firstLine === null || frame.parent === null;
  }

  private drawLegend(): void {
    byId('legend').replaceChildren(
      ...Object.entries(originNames).map(([origin, name]) => {
        const dot = element('span', { class: 'dot' });
        dot.style.background = originColour(origin as Origin);
        return element('li', {}, dot, name);
      }),
    );
  }

  private zoom(frame: Frame): void {
    this.choose({ zoom: pathOf(frame) });
    if (frame.parent && hasFolded(frame)) this.dispatch({ type: 'refine' });
  }

  private selected(frame: Frame): void {
    this.drawDetail();
    const same = (row: Row) => row.name === frame.name && row.file === frame.file && row.firstLine === frame.firstLine;
    this.table.select(this.rows.find(same) ?? null);
  }

  private chooseRow(row: Row, only: boolean): void {
    if (!only) {
      const frame = this.graph.largestOf(row.name, row.file, row.firstLine);
      if (frame) this.graph.select(frame);
      this.table.select(row);
    }
    this.reveal(row.file, row.firstLine);
  }

  private reveal(file: string | null, line: number | null): void {
    if (file === null || line === null) return;
    if (file.startsWith('<')) this.say(`${file} is code without a file, so there is no line to show.`);
    else this.host.post({ type: 'reveal', location: { file, line } });
  }

  private act(action: PanelAction | 'retry' | 'cancel'): void {
    if (action === 'retry') this.dispatch({ type: 'retry' });
    else if (action === 'cancel') this.host.cancelAll();
    else this.host.post({ type: 'act', action });
  }

  private say(text: string): void {
    byId('detail').textContent = text;
  }

  private listen(): void {
    this.searchField.addEventListener('input', () => this.choose({ search: this.searchField.value }));
    this.searchField.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.graph.showHit(event.shiftKey ? -1 : 1);
    });
    this.resetButton.addEventListener('click', () => this.choose({ zoom: [] }));
    byId('calls').addEventListener('click', () => this.showAllCalls());
    addEventListener('keydown', (event) => this.onKey(event));
    // The first width of a panel is wrong, and it changes with every move of a sash.
    new ResizeObserver(() => this.resize()).observe(byId('graph'));
    // VS Code tells of another theme by the classes of the body.
    new MutationObserver(() => this.timeline.recolour()).observe(document.body, { attributeFilter: ['class'] });
    matchMedia('(resolution: 1dppx)').addEventListener('change', () => this.timeline.recolour());
  }

  private resize(): void {
    this.graph.resize(byId('chart').parentElement!.clientWidth);
    this.timeline.resize(byId('plot').clientWidth);
  }

  private showAllCalls(): void {
    const frame = this.graph.selected;
    if (!frame?.file || frame.firstLine === null) return;
    this.choose({ root: { file: frame.file, function: frame.name, first_line: frame.firstLine } });
  }

  private onKey(event: KeyboardEvent): void {
    const command = panelCommandOf(event);
    const typing = event.target === this.searchField;
    if (!command || (typing && event.key === '/')) return;
    event.preventDefault();
    if (command.do === 'search') {
      this.searchField.focus();
      this.searchField.select();
    }
    if (command.do === 'nextHit') this.graph.showHit(1);
    if (command.do === 'previousHit') this.graph.showHit(-1);
    if (command.do === 'reset') this.choose(this.state.view.search ? { search: '' } : { zoom: [] });
  }
}
