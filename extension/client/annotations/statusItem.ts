import { type Disposable, MarkdownString, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import { Command } from '../../shared/contributions';
import { bytesOf, measureWords } from '../../shared/measures';
import { formatBytes } from '../../shared/units';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { Annotations } from './annotations';

/** Priority of an item that stands left of VS Code's errors and warnings, which have 50. */
const BEFORE_PROBLEMS = 60;

/** `$(flame) Peak 328.1 MB`: what is shown, in the status bar; hidden when nothing is. */
export class StatusItem implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem(
    'alloclens.shown',
    StatusBarAlignment.Left,
    BEFORE_PROBLEMS,
  );
  private readonly disposables: Disposable[];

  constructor(
    private readonly shown: ShownCapture,
    private readonly annotations: Annotations,
  ) {
    this.item.name = 'AllocLens';
    this.disposables = [
      shown.onDidChange(() => this.update()),
      annotations.onDidUpdate(() => this.update()),
      window.onDidChangeActiveTextEditor(() => this.update()),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.item.dispose();
  }

  private update(): void {
    const capture = this.shown.current;
    if (this.shown.reading !== null) {
      this.item.text = '$(loading~spin) Reading capture…';
      this.item.tooltip = this.shown.reading;
      this.item.command = undefined;
    } else if (capture) {
      this.item.text = this.text(capture);
      this.item.tooltip = tooltip(capture);
      this.item.command = { command: Command.OpenFlameGraph, title: 'Open Flame Graph' };
    } else {
      this.item.hide();
      return;
    }
    this.item.show();
  }

  private text({ summary }: OpenedCapture): string {
    const { measure, settings } = this.shown;
    const figure = `$(flame) ${measureWords[measure].title} ${formatBytes(bytesOf(summary, measure), settings.units)}`;
    return this.nothingPasses() ? `${figure} · no line reaches ${settings.lineThreshold} %` : figure;
  }

  /** The active file ran, and yet no line of it is worth a figure. */
  private nothingPasses(): boolean {
    const editor = window.activeTextEditor;
    return editor !== undefined && this.annotations.of(editor.document)?.lines.length === 0;
  }
}

function tooltip({ summary, title, path }: OpenedCapture): MarkdownString {
  const text = new MarkdownString();
  text.appendText(`${summary.target.name}, ${title}\n${path}`);
  for (const note of summary.notes) text.appendText(`\n\n${note}`);
  return text;
}
