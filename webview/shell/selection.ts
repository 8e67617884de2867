/** One selection everywhere: a frame, a row or a line that is chosen is chosen in the others, and shown in the editor. */
import type { FunctionId } from '../../extension/shared/capture';
import type { Location } from '../../extension/shared/contributions';
import type { FromPanel, PanelView, TableKind } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import type { Frame } from '../flamegraph/frame';
import type { FlameGraph } from '../flamegraph/view';
import type { Row } from '../table/rows';
import type { Lower } from './lower';

export interface SelectionOptions {
  graph: FlameGraph;
  lower: Lower;
  view(): PanelView;
  choose(view: Partial<PanelView>): void;
  post(message: FromPanel): void;
  say(text: string): void;
}

export class Selection {
  constructor(private readonly of: SelectionOptions) {}

  /** Of the selected frame; null when it is of no file. */
  get function(): FunctionId | null {
    const { selected } = this.of.graph;
    if (!selected || selected.file === null || selected.firstLine === null) return null;
    return { file: selected.file, function: selected.name, first_line: selected.firstLine };
  }

  /** Tables about the selection follow it; of what has no such place they stay as they were. */
  tableOf(table: TableKind): Partial<PanelView> {
    const frame = this.of.graph.selected;
    const around = this.function;
    const line = frame?.file && frame.line !== null ? { file: frame.file, line: frame.line } : null;
    return {
      table,
      ...(table === 'neighbours' && around && { around }),
      ...(table === 'line' && line && { line }),
    };
  }

  /** A frame was selected in the graph. */
  frameSelected(frame: Frame): void {
    const { lower, view, choose } = this.of;
    lower.select(frame);
    const { table } = view();
    if (table === 'neighbours' || table === 'line') choose(this.tableOf(table));
  }

  chooseRow(row: Row, { only, beside }: { only: boolean; beside: boolean }): void {
    const { graph, lower, view } = this.of;
    if (!only) {
      const { file, line, name, firstLine } = row;
      const frame =
        firstLine === null && file !== null && line !== null
          ? graph.largestAt(file, line)
          : graph.largestOf(name, file, firstLine);
      if (frame) graph.select(frame);
      if (view().table !== 'neighbours') lower.selectRow(row);
    }
    this.reveal(row.file, row.line, beside);
  }

  /** The caret moved to this line in the editor; the panel follows, and shows it when it shows lines. */
  lineSelected({ file, line }: Location): void {
    const { graph, lower, view, choose } = this.of;
    if (view().table === 'line') choose({ line: { file, line } });
    const frame = graph.largestAt(file, line);
    if (frame) graph.select(frame);
    lower.selectLine(file, line);
  }

  reveal(file: string | null, line: number | null, beside = false): void {
    if (file === null || line === null) return;
    if (file.startsWith('<')) this.of.say(t('{0} is code without a file, so there is no line to show.', file));
    else this.of.post({ type: 'reveal', location: { file, line }, ...(beside && { beside }) });
  }
}
