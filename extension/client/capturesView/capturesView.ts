import {
  type DataTransfer,
  DataTransferItem,
  type Disposable,
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  type TreeDragAndDropController,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  Uri,
  window,
} from 'vscode';
import { Command, captureExtension, View } from '../../shared/contributions';
import type { ShownCapture } from '../captures/shownCapture';
import type { CaptureList } from './captureList';
import { type Branch, type Group, groupsOf, isBranch, rowOf, tooltipOf } from './captureTree';

type Element = Group | Branch;

const FILES = 'text/uri-list';
/** How often running programs are looked at while the view is open. */
const TICK_MS = 2000;

/** The side bar's list of captures. */
export class CapturesView implements TreeDataProvider<Element>, TreeDragAndDropController<Element>, Disposable {
  readonly dropMimeTypes = [FILES];
  readonly dragMimeTypes = [FILES];
  private readonly changed = new EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: TreeView<Element>;
  private readonly disposables: Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly list: CaptureList,
    private readonly shown: ShownCapture,
    private readonly open: (path: string) => unknown,
  ) {
    this.view = window.createTreeView(View.Captures, { treeDataProvider: this, dragAndDropController: this });
    this.disposables = [
      this.view,
      this.changed,
      list.onDidChange(() => this.update()),
      shown.onDidChange(() => this.changed.fire()),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) void list.refresh();
      }),
    ];
  }

  getChildren(element?: Element): Element[] {
    if (!element) return groupsOf(this.list.captures);
    return isBranch(element) ? element.children : element.captures;
  }

  getTreeItem(element: Element): TreeItem {
    return isBranch(element) ? this.captureItem(element) : groupItem(element);
  }

  /** Files from the explorer or the desktop are opened. */
  async handleDrop(_target: Element | undefined, data: DataTransfer): Promise<void> {
    const list = (await data.get(FILES)?.asString()) ?? '';
    // One of memray is told apart when it is opened, with a sentence.
    const files = list.split(/\r?\n/).filter((line) => /\.(alloclens|bin)$/.test(line));
    if (files.length === 0)
      throw new Error(l10n.t('Drop a capture here: a file whose name ends with .{0}.', captureExtension));
    for (const file of files) await this.open(Uri.parse(file).fsPath);
  }

  /** A row can be dragged into an editor, which opens it. */
  handleDrag(rows: readonly Element[], data: DataTransfer): void {
    const uris = rows.filter(isBranch).map(({ capture }) => Uri.file(capture.file.path).toString());
    data.set(FILES, new DataTransferItem(uris.join('\r\n')));
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(): void {
    this.changed.fire();
    clearTimeout(this.timer);
    if (this.view.visible && this.list.captures.some(({ recording }) => recording)) {
      this.timer = setTimeout(() => void this.list.refresh(), TICK_MS);
    }
  }

  private captureItem({ capture, children, program }: Branch): TreeItem {
    const { units } = this.shown.settings;
    const row = rowOf(capture, this.shown.current?.path === capture.file.path, units, new Date(), program);
    const item = new TreeItem(row.label, children.length > 0 ? TreeItemCollapsibleState.Expanded : undefined);
    // VS Code keeps the state of an id, and what had no children before would stay closed when it gets some.
    item.id = children.length > 0 ? `${capture.file.path}#children` : capture.file.path;
    item.description = row.description;
    item.iconPath = new ThemeIcon(row.icon, row.color ? new ThemeColor(row.color) : undefined);
    item.tooltip = new MarkdownString();
    for (const [i, line] of tooltipOf(capture, units).entries())
      item.tooltip.appendText(i === 0 ? line : `\n\n${line}`);
    item.contextValue = capture.pinned ? 'capture.pinned' : 'capture';
    item.command = { command: Command.OpenCapture, title: l10n.t('Open Capture'), arguments: [capture.file.path] };
    return item;
  }
}

function groupItem({ target }: Group): TreeItem {
  const item = new TreeItem(target, TreeItemCollapsibleState.Expanded);
  item.id = target;
  item.iconPath = new ThemeIcon('file-code');
  return item;
}
