/** Draws the state, part by part, and turns what the user does into events and messages. */
import arrowDown from '@vscode/codicons/src/icons/arrow-down.svg';
import arrowUp from '@vscode/codicons/src/icons/arrow-up.svg';
import screenFull from '@vscode/codicons/src/icons/screen-full.svg';
import searchIcon from '@vscode/codicons/src/icons/search.svg';
import type { FunctionId, Measure, Origin } from '../../extension/shared/capture';
import type { Location } from '../../extension/shared/contributions';
import { measures, measureWords } from '../../extension/shared/measures';
import type { PanelAction, PanelView, TableKind, TimeRange } from '../../extension/shared/panel';
import { originColour, originNames } from '../flamegraph/colours';
import { type Frame, hasFolded, pathOf } from '../flamegraph/frame';
import { detailOf } from '../flamegraph/labels';
import { panelCommandOf } from '../flamegraph/navigate';
import { FlameGraph } from '../flamegraph/view';
import { type Row, sortedBy } from '../table/rows';
import { rangeText } from '../timeline/range';
import { TimelineView } from '../timeline/timeline';
import { Crumbs } from './crumbs';
import { byId, element, icon } from './dom';
import { Header } from './header';
import { Host, type Transport } from './host';
import { Lower } from './lower';
import { makeMoreMenu } from './moreMenu';
import { Segments } from './segments';
import { type Event, initialState, questions, reduce, type State } from './state';
import './detail.css';
import './toolbar.css';
import { emptyText, hitsText, measureNames, noHitText } from './words';

export class Panel {
  private state: State = initialState;
  private readonly host: Host;
  private readonly header = new Header({ onAct: (action) => this.act(action) });
  private readonly timeline = new TimelineView(byId('plot'), (range) => this.chooseRange(range));
  private readonly crumbs = new Crumbs(byId('crumbs'), (view) => this.choose(view));
  private readonly graph = new FlameGraph(byId('chart'), {
    onZoom: (frame) => this.zoom(frame),
    onReveal: (frame, beside) => this.reveal(frame.file, frame.line ?? frame.firstLine, beside),
    onSelect: (frame) => this.selected(frame),
  });
  private readonly lower = new Lower({
    onKind: (table) => this.choose(this.chooseTable(table)),
    onSort: (column) => this.choose({ sort: sortedBy(column, this.state.view.sort) }),
    onChoose: (row, how) => this.chooseRow(row, how),
    onReveal: (file, line) => this.reveal(file, line),
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
      (message) => (message.type === 'say' ? this.say(message.text) : this.selectLine(message.location)),
    );
    this.searchField.before(icon(searchIcon));
    this.resetButton.prepend(icon(screenFull));
    makeMoreMenu(this.graph, {
      state: () => this.state,
      choose: (view) => this.choose(view),
      post: (message) => this.host.post(message),
    });
    this.drawLegend();
    this.listen();
    this.host.begin();
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
    if (parts.timeline.value) {
      this.timeline.show({ timeline: parts.timeline.value, units, range: view.range, marks: state.marks });
    }
    this.drawRun(state);
    const tree = parts.tree.value;
    const { zoom, search, colouring } = view;
    if (tree) this.graph.show({ tree, zoom, search, units, colouring });
    this.lower.show(state);
    this.drawEmpty(state);
    this.drawHits(state);
    const { root, zoomed, scale } = this.graph;
    const settled = parts.tree.asked === null ? root : null;
    this.crumbs.show({ view, root: settled, zoomed, total: scale.total, units });
    if (parts.tree.value !== before.parts.tree.value || units !== before.units) this.drawDetail();
  }

  private drawRun({ live, view }: State): void {
    byId('live').hidden = !live;
    byId('mark').hidden = !live;
    const chip = byId('range');
    chip.hidden = view.range === null;
    if (view.range) chip.replaceChildren(rangeText(view.range), element('span', { 'aria-hidden': 'true' }, '×'));
  }

  private drawEmpty({ parts, view }: State): void {
    const empty = byId('empty');
    const isEmpty = parts.tree.value !== null && this.graph.root === null;
    empty.hidden = !isEmpty;
    empty.textContent = emptyText(view.measure, view.range !== null);
    byId('chart').hidden = parts.tree.value === null || isEmpty;
  }

  private drawHits({ view, units }: State): void {
    const { hits } = this.graph;
    const text = !hits
      ? ''
      : hits.problem !== null
        ? hits.problem
        : hits.frames.length === 0
          ? noHitText(view.search)
          : hitsText(hits.frames.length, hits.bytes, this.graph.scale.total, units);
    const place = byId('hits');
    if (place.textContent !== text) place.textContent = text;
  }

  private drawDetail(): void {
    const frame = this.graph.selected;
    const detail = byId('detail');
    if (!frame) {
      detail.textContent = 'Select a frame to see its figures and its line.';
      this.lower.selectRow(null);
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
    this.lower.select(frame);
    if (this.state.view.table === 'neighbours' || this.state.view.table === 'line') {
      this.choose(this.chooseTable(this.state.view.table));
    }
  }

  /** Tables about the selection follow it; of what has no such place they stay as they were. */
  private chooseTable(table: TableKind): Partial<PanelView> {
    const frame = this.graph.selected;
    const around = frame && functionOf(frame);
    const line = frame?.file && frame.line !== null ? { file: frame.file, line: frame.line } : null;
    return {
      table,
      ...(table === 'neighbours' && around && { around }),
      ...(table === 'line' && line && { line }),
    };
  }

  private chooseRange(range: TimeRange | null): void {
    this.choose({ range });
    this.host.post({ type: 'range', range });
  }

  private chooseRow(row: Row, { only, beside }: { only: boolean; beside: boolean }): void {
    if (!only) {
      const { file, line, name, firstLine } = row;
      const frame =
        firstLine === null && file !== null && line !== null
          ? this.graph.largestAt(file, line)
          : this.graph.largestOf(name, file, firstLine);
      if (frame) this.graph.select(frame);
      if (this.state.view.table !== 'neighbours') this.lower.selectRow(row);
    }
    this.reveal(row.file, row.line, beside);
  }

  /** The caret moved to this line in the editor; the panel follows, and shows it when it shows lines. */
  private selectLine({ file, line }: Location): void {
    if (this.state.view.table === 'line') this.choose({ line: { file, line } });
    const frame = this.graph.largestAt(file, line);
    if (frame) this.graph.select(frame);
    this.lower.selectLine(file, line);
  }

  private reveal(file: string | null, line: number | null, beside = false): void {
    if (file === null || line === null) return;
    if (file.startsWith('<')) this.say(`${file} is code without a file, so there is no line to show.`);
    else this.host.post({ type: 'reveal', location: { file, line }, ...(beside && { beside }) });
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
    byId('mark').addEventListener('click', () => this.act('mark'));
    byId('range').addEventListener('click', () => this.chooseRange(null));
    byId('calls').addEventListener('click', () => this.showAllCalls());
    addEventListener('keydown', (event) => this.onKey(event));
    // The first width of a panel is wrong, and it changes with every move of a sash.
    new ResizeObserver(() => this.resize()).observe(byId('graph'));
    // VS Code tells of another theme by the classes of the body.
    new MutationObserver(() => this.recolour()).observe(document.body, { attributeFilter: ['class'] });
    matchMedia('(resolution: 1dppx)').addEventListener('change', () => this.recolour());
  }

  private resize(): void {
    this.graph.resize(byId('chart').parentElement!.clientWidth);
    this.timeline.resize(byId('plot').clientWidth);
    this.lower.resize();
  }

  /** A canvas keeps the colours it was drawn with. */
  private recolour(): void {
    this.timeline.recolour();
    this.lower.recolour();
  }

  private showAllCalls(): void {
    const root = this.graph.selected && functionOf(this.graph.selected);
    if (root) this.choose({ root });
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
    if (command.do === 'reset') this.reset();
  }

  /** Esc takes back one thing after the other. */
  private reset(): void {
    const { search, zoom, range } = this.state.view;
    if (search) this.choose({ search: '' });
    else if (zoom.length > 0 || !range) this.choose({ zoom: [] });
    else this.chooseRange(null);
  }
}

/** Null for what is no function of a file. */
function functionOf({ file, name, firstLine }: Frame): FunctionId | null {
  return file === null || firstLine === null ? null : { file, function: name, first_line: firstLine };
}
