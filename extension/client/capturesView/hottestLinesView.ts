import { basename } from 'node:path';
import {
  type Disposable,
  EventEmitter,
  l10n,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  type TreeView,
  window,
  workspace,
} from 'vscode';
import { Command, View } from '../../shared/contributions';
import { heatLevel } from '../../shared/heat';
import { bytesOf, measureWords } from '../../shared/measures';
import { toLocal } from '../../shared/pathMappings';
import { formatBytes, formatShare } from '../../shared/units';
import { pathMappings } from '../captures/pathMappings';
import type { ShownCapture } from '../captures/shownCapture';
import { type HottestLine, hottestLines } from './hottestLines';

const MOST = 50;
/** Those with the most bytes with callees: a hot line is among them, and a capture may have millions. */
const LOOKED_THROUGH = 10_000;

/** The side bar's list of the lines with the most bytes, of the capture and the measure that are shown. */
export class HottestLinesView implements TreeDataProvider<HottestLine>, Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: TreeView<HottestLine>;
  private readonly disposables: Disposable[];

  constructor(private readonly shown: ShownCapture) {
    this.view = window.createTreeView(View.HottestLines, { treeDataProvider: this });
    this.disposables = [this.view, this.changed, shown.onDidChange(() => this.update())];
  }

  async getChildren(line?: HottestLine): Promise<HottestLine[]> {
    const { current, totals, measure, attribution, scope } = this.shown;
    if (line || !current || !totals) return [];
    const { rows } = await this.shown.query({ query: 'lines', measure, limit: LOOKED_THROUGH, scope });
    return hottestLines(rows, { measure, attribution, total: bytesOf(totals, measure), most: MOST });
  }

  getTreeItem({ file, line, bytes, share }: HottestLine): TreeItem {
    const { units } = this.shown.settings;
    const item = new TreeItem(formatBytes(bytes, units));
    item.description = `${basename(file)}:${line}`;
    item.tooltip = `${workspace.asRelativePath(toLocal(file, pathMappings()))}:${line} · ${formatShare(share)}`;
    item.iconPath = new ThemeIcon('circle-filled', new ThemeColor(`alloclens.heat${heatLevel(share)}`));
    item.command = { command: Command.RevealLocation, title: l10n.t('Reveal Line'), arguments: [{ file, line }] };
    return item;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(): void {
    const capture = this.shown.current;
    this.view.description = capture
      ? `${basename(capture.summary.target.name)}, ${measureWords[this.shown.measure].noun}`
      : '';
    this.changed.fire();
  }
}
