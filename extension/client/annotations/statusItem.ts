import { type Disposable, l10n, MarkdownString, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import { Command } from '../../shared/contributions';
import { attributionWords, bytesOf, measureWords } from '../../shared/measures';
import { formatBytes, formatRange } from '../../shared/units';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { Annotations } from './annotations';

/** Priorities of items that stand left of VS Code's errors and warnings, which have 50. */
const BEFORE_PROBLEMS = 60;
const BESIDE_IT = 59;

/** `$(flame) Peak 328.1 MB`: what is shown, in the status bar, and beside it the choice of measure; hidden when nothing is. */
export class StatusItem implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem(
    'alloclens.shown',
    StatusBarAlignment.Left,
    BEFORE_PROBLEMS,
  );
  private readonly picker: StatusBarItem = window.createStatusBarItem(
    'alloclens.measure',
    StatusBarAlignment.Left,
    BESIDE_IT,
  );
  private readonly disposables: Disposable[];

  constructor(
    private readonly shown: ShownCapture,
    private readonly annotations: Annotations,
  ) {
    this.item.name = 'AllocLens';
    this.picker.name = l10n.t('AllocLens: Measure');
    this.picker.command = Command.ChooseMeasure;
    this.disposables = [
      shown.onDidChange(() => this.update()),
      annotations.onDidUpdate(() => this.update()),
      window.onDidChangeActiveTextEditor(() => this.update()),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.item.dispose();
    this.picker.dispose();
  }

  private update(): void {
    const capture = this.shown.current;
    if (this.shown.reading !== null) {
      this.item.text = '$(loading~spin) Reading capture…';
      this.item.tooltip = this.shown.reading;
      this.item.command = undefined;
      this.item.show();
      this.picker.hide();
    } else if (capture) {
      this.item.text = this.text(capture);
      this.item.tooltip = tooltip(capture);
      this.item.command = { command: Command.OpenFlameGraph, title: l10n.t('Open Flame Graph') };
      this.item.show();
      this.showPicker();
    } else {
      this.item.hide();
      this.picker.hide();
    }
  }

  private text({ live }: OpenedCapture): string {
    const { measure, settings, totals, range } = this.shown;
    if (!totals) return '$(flame)';
    const bytes = (of: typeof measure) => formatBytes(bytesOf(totals, of), settings.units);
    const figure =
      live && measure === 'unfreed'
        ? l10n.t('$(record) Heap {0}', bytes('unfreed'))
        : `$(${live ? 'record' : 'flame'}) ${measureWords[measure].title} ${bytes(measure)}`;
    const parts = [
      figure,
      ...(range ? [formatRange(range.from_s ?? null, range.to_s ?? null)] : []),
      ...(this.nothingPasses() ? [`no line reaches ${settings.lineThreshold} %`] : []),
    ];
    return parts.join(' · ');
  }

  private showPicker(): void {
    const { measure, attribution } = this.shown;
    const lines = attributionWords[attribution];
    this.picker.text = attribution === 'yours' ? '$(chevron-up)' : `$(chevron-up) ${lines.title}`;
    const text = l10n.t('Choose Measure: {0}; lines count {1}', measureWords[measure].title, lines.title.toLowerCase());
    this.picker.tooltip = text;
    this.picker.accessibilityInformation = { label: text, role: 'button' };
    this.picker.show();
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
