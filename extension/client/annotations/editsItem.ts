import { type Disposable, type LanguageStatusItem, LanguageStatusSeverity, l10n, languages, window } from 'vscode';
import { Command } from '../../shared/contributions';
import type { AnnotatedDocument } from '../../shared/protocol';
import type { ShownCapture } from '../captures/shownCapture';
import type { Annotations } from './annotations';

/** How many lines with figures were edited since the capture, among what the editor tells of the active file's language. */
export class EditsItem implements Disposable {
  private item: LanguageStatusItem | null = null;
  private readonly disposables: Disposable[];

  constructor(
    private readonly shown: ShownCapture,
    private readonly annotations: Annotations,
  ) {
    this.disposables = [
      annotations.onDidUpdate(() => this.update()),
      window.onDidChangeActiveTextEditor(() => this.update()),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.item?.dispose();
  }

  private update(): void {
    const editor = window.activeTextEditor;
    const document = editor ? this.annotations.of(editor.document) : null;
    const text = document && editsText(document);
    if (!text) {
      // There is no other way to hide one.
      this.item?.dispose();
      this.item = null;
      return;
    }
    this.item ??= this.create();
    this.item.text = text;
    this.item.detail = `since the capture of ${this.shown.current?.title ?? ''}`;
  }

  private create(): LanguageStatusItem {
    const item = languages.createLanguageStatusItem('alloclens.edits', { language: 'python', scheme: 'file' });
    item.name = 'AllocLens';
    item.severity = LanguageStatusSeverity.Information;
    item.command = { command: Command.RunAgain, title: l10n.t('Run Again') };
    return item;
  }
}

/** Null when every figure is of the text as it is. */
export function editsText({ stale_lines, uncertain }: AnnotatedDocument): string | null {
  if (stale_lines === 0) return null;
  if (uncertain) return l10n.t('Figures may belong to other lines');
  return stale_lines === 1
    ? l10n.t('1 line with figures changed')
    : l10n.t('{0} lines with figures changed', stale_lines);
}
