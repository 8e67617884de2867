/** Draws the state, part by part, and turns what the user does into events and messages. */
import arrowDown from '@vscode/codicons/src/icons/arrow-down.svg';
import arrowUp from '@vscode/codicons/src/icons/arrow-up.svg';
import screenFull from '@vscode/codicons/src/icons/screen-full.svg';
import searchIcon from '@vscode/codicons/src/icons/search.svg';
import type { Measure } from '../../extension/shared/capture';
import { measures, measureWords } from '../../extension/shared/measures';
import type { PanelView, TimeRange } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { type Frame, hasFolded, pathOf } from '../flamegraph/frame';
import { detailOf } from '../flamegraph/labels';
import { panelCommandOf } from '../flamegraph/navigate';
import type { Hits } from '../flamegraph/search';
import { FlameGraph } from '../flamegraph/view';
import { sortedBy } from '../table/rows';
import { rangeText } from '../timeline/range';
import { TimelineView } from '../timeline/timeline';
import { Crumbs } from './crumbs';
import { byId, element, icon } from './dom';
import { Header } from './header';
import { Host, type Transport } from './host';
import { drawLegend } from './legend';
import { Lower } from './lower';
import { makeMoreMenu } from './moreMenu';
import type { NoticeAction } from './notices';
import { Segments } from './segments';
import { Selection } from './selection';
import { shownText } from './shown';
import {
  type Event,
  foundFrames,
  hasMarks,
  hasRanges,
  initialState,
  isPartial,
  questions,
  reduce,
  type State,
} from './state';
import './detail.css';
import './toolbar.css';
import { emptyText, hitsText, measureNames, noHitText, ofShownText } from './words';

export class Panel {
  private state: State = initialState;
  private readonly host: Host;
  private readonly header = new Header({ onAct: (action) => this.act(action) });
  private readonly timeline = new TimelineView(byId('plot'), (range) => this.chooseRange(range));
  private readonly crumbs = new Crumbs(byId('crumbs'), (view) => this.choose(view));
  private readonly graph = new FlameGraph(byId('chart'), {
    onZoom: (frame) => this.zoom(frame),
    onReveal: (frame, beside) => this.selection.reveal(frame.file, frame.line ?? frame.firstLine, beside),
    onSelect: (frame) => {
      this.drawDetail();
      this.selection.frameSelected(frame);
    },
  });
  private readonly lower = new Lower({
    onKind: (table) => this.choose(this.selection.tableOf(table)),
    onSort: (column) => this.choose({ sort: sortedBy(column, this.state.view.sort) }),
    onChoose: (row, how) => this.selection.chooseRow(row, how),
    onReveal: (file, line, beside) => this.selection.reveal(file, line, beside),
    onSelectLine: (file, line) => this.graph.select(this.graph.largestAt(file, line)),
  });
  private readonly selection: Selection = new Selection({
    graph: this.graph,
    lower: this.lower,
    view: () => this.state.view,
    choose: (view) => this.choose(view),
    post: (message) => this.host.post(message),
    say: (text) => this.say(text),
  });
  private readonly measures = new Segments<Measure>(
    byId('measures'),
    t('Measure'),
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
    t('Direction'),
    [
      { value: false, text: t('Top-down'), title: t('From the program down to what allocated'), icon: arrowDown },
      { value: true, text: t('Bottom-up'), title: t('From what allocated up to its callers'), icon: arrowUp },
    ],
    (inverted) => this.choose({ inverted }),
  );
  private readonly searchField = byId<HTMLInputElement>('search');
  private readonly resetButton = byId<HTMLButtonElement>('reset');

  constructor(transport: Transport) {
    this.host = new Host(
      transport,
      (event) => this.dispatch(event),
      (message) => (message.type === 'say' ? this.say(message.text) : this.selection.lineSelected(message.location)),
    );
    this.searchField.before(icon(searchIcon));
    this.resetButton.prepend(icon(screenFull));
    makeMoreMenu(this.graph, {
      state: () => this.state,
      choose: (view) => this.choose(view),
      post: (message) => this.host.post(message),
    });
    this.listen();
    this.host.begin();
  }

  private dispatch(event: Event): void {
    const before = this.state;
    this.state = reduce(before, event);
    if (this.state === before) return;
    this.draw(this.state, before);
    if (event.type === 'answered' && event.part === 'search') this.refineForHits();
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
      this.timeline.show({
        timeline: parts.timeline.value,
        units,
        range: view.range,
        marks: state.run.marks,
        base: view.base && parts.base_timeline.value,
        region: view.region === null ? null : parts.region_history.value,
        hasRanges: hasRanges(state),
      });
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
    if (view.base !== before.view.base || before === initialState) drawLegend(view.base !== null);
    if (parts.tree.value !== before.parts.tree.value || units !== before.units) this.drawDetail();
  }

  private drawRun(state: State): void {
    const { run, view, parts } = state;
    for (const id of ['live', 'stop']) byId(id).hidden = !run.live;
    byId('mark').hidden = !hasMarks(state);
    byId('whole').hidden = hasRanges(state);
    byId('arenas').hidden = !parts.timeline.value?.arenas;
    const then = byId('then');
    then.hidden = view.base === null;
    then.textContent = t('Heap of {0}', view.base?.title ?? '');
    const chip = byId('range');
    chip.hidden = view.range === null || !hasRanges(state);
    if (view.range) chip.replaceChildren(rangeText(view.range), cross());
    this.drawRegion(state);
  }

  private drawRegion({ view: { region }, parts }: State): void {
    const [chip, inside] = [byId('region'), byId('inside')];
    byId('regions').hidden = !parts.regions.value?.regions.length;
    chip.hidden = region === null;
    inside.hidden = region === null || !parts.region_history.value;
    if (region === null) return;
    chip.replaceChildren(element('span', { class: 'name' }, shownText(region)), cross());
    inside.title = t('Heap of {0}', shownText(region));
  }

  private drawEmpty({ parts, view }: State): void {
    const empty = byId('empty');
    const isEmpty = parts.tree.value !== null && this.graph.root === null;
    empty.hidden = !isEmpty;
    empty.textContent = emptyText(view.measure, view.range !== null);
    byId('chart').hidden = parts.tree.value === null || isEmpty;
  }

  private foundText(state: State, { frames, bytes }: Hits): string {
    const { view, units, parts } = state;
    const here = { frames: frames.length, bytes };
    const found = isPartial(state) ? foundFrames(state) : here;
    if (found) {
      return found.frames === 0
        ? noHitText(view.search)
        : hitsText(found.frames, found.bytes, this.graph.scale.total, units);
    }
    if (parts.search.asked !== null) return t('Searching…');
    return ofShownText(hitsText(here.frames, here.bytes, this.graph.scale.total, units));
  }

  /** Some of what was found is folded: a finer tree may show it. */
  private refineForHits(): void {
    const found = foundFrames(this.state)?.frames ?? 0;
    if (found > (this.graph.hits?.frames.length ?? 0)) this.dispatch({ type: 'refine' });
  }

  private drawHits(state: State): void {
    const { hits } = this.graph;
    const text = hits ? (hits.problem ?? this.foundText(state, hits)) : '';
    const place = byId('hits');
    if (place.textContent !== text) place.textContent = text;
  }

  private drawDetail(): void {
    const frame = this.graph.selected;
    const detail = byId('detail');
    if (!frame) {
      detail.textContent = t('Select a frame to see its figures and its line.');
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

  private zoom(frame: Frame): void {
    this.choose({ zoom: pathOf(frame) });
    if (frame.parent && hasFolded(frame)) this.dispatch({ type: 'refine' });
  }

  private chooseRange(range: TimeRange | null): void {
    this.choose({ range });
    this.host.post({ type: 'range', range });
  }

  private chooseRegion(region: string | null): void {
    this.choose({ region });
    this.host.post({ type: 'region', region });
  }

  private act(action: NoticeAction): void {
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
    byId('stop').addEventListener('click', () => this.act('stop'));
    byId('range').addEventListener('click', () => this.chooseRange(null));
    byId('regions').addEventListener('click', () => this.act('chooseRegion'));
    byId('region').addEventListener('click', () => this.chooseRegion(null));
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
    const root = this.selection.function;
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

const cross = () => element('span', { 'aria-hidden': 'true' }, '×');
