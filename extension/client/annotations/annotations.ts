import {
  type DecorationOptions,
  type Disposable,
  type Event,
  EventEmitter,
  Range,
  type TextDocument,
  type TextDocumentContentChangeEvent,
  type TextEditor,
  type TextEditorDecorationType,
  type ThemableDecorationAttachmentRenderOptions,
  ThemeColor,
  window,
  workspace,
} from 'vscode';
import type { AnnotatedDocument, TextSpan } from '../../shared/protocol';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { ServerEndedError } from '../language/readableError';
import { colors, DecorationTypes } from './decorationTypes';
import { type LineFigure, lineFigures } from './lineFigures';
import { shiftLines } from './shiftLines';

/** After an edit, figures wait for a pause in typing. */
const EDIT_PAUSE_MS = 300;

/** Keeps the figures on the lines of all visible editors. Scrolling changes nothing. */
export class Annotations implements Disposable {
  private readonly types = new DecorationTypes();
  private readonly known = new Map<string, AnnotatedDocument | null>();
  /** Figures of the last tick, of a program that runs. */
  private readonly before = new Map<string, AnnotatedDocument>();
  private readonly pauses = new Map<string, NodeJS.Timeout>();
  private readonly updated = new EventEmitter<void>();
  private readonly disposables: Disposable[];
  private failedFor: OpenedCapture | null = null;

  /** The figures of some document changed. */
  readonly onDidUpdate: Event<void> = this.updated.event;

  constructor(
    private readonly service: CaptureService,
    private readonly shown: ShownCapture,
    private readonly reportFailure: (error: unknown) => void,
  ) {
    this.disposables = [
      shown.onDidChange(() => this.refreshAll()),
      window.onDidChangeVisibleTextEditors(() => this.refreshAll()),
      window.onDidChangeTextEditorOptions(({ textEditor }) => this.draw(textEditor)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.shift(document, contentChanges);
        this.refreshAfterPause(document);
      }),
      workspace.onDidCloseTextDocument((document) => {
        this.known.delete(document.uri.toString());
        this.before.delete(document.uri.toString());
      }),
    ];
  }

  /** Figures of a document as they are drawn now; null when the shown capture has none. */
  of(document: TextDocument): AnnotatedDocument | null {
    return this.known.get(document.uri.toString()) ?? null;
  }

  dispose(): void {
    for (const pause of this.pauses.values()) clearTimeout(pause);
    for (const disposable of this.disposables) disposable.dispose();
    this.types.dispose();
    this.updated.dispose();
  }

  private refreshAll(): void {
    const documents = new Set(window.visibleTextEditors.map((editor) => editor.document).filter(isPython));
    for (const document of documents) void this.refresh(document);
  }

  /**
   * Lines that came or went move the figures below at once, and an edited line is not underlined at a wrong place;
   * what else an edit does can wait.
   */
  private shift(document: TextDocument, changes: readonly TextDocumentContentChangeEvent[]): void {
    const annotated = this.of(document);
    const moving = changes.filter(changesLineCount);
    if (!annotated || !changes.length) return;
    const edited = new Set(changes.map(({ range }) => range.start.line + 1));
    const unmarked = annotated.lines.map(({ expression, ...line }) =>
      expression && !edited.has(line.line) ? { ...line, expression } : line,
    );
    const lines = moving.reduce((before, change) => {
      const { line, character } = change.range.start;
      const ahead = document.lineAt(Math.min(line, document.lineCount - 1)).text.slice(0, character);
      return shiftLines(before, change, !ahead.trim());
    }, unmarked);
    this.known.set(document.uri.toString(), { ...annotated, lines });
    this.drawAll(document);
  }

  private refreshAfterPause(document: TextDocument): void {
    if (!isPython(document) || !this.shown.current) return;
    const key = document.uri.toString();
    clearTimeout(this.pauses.get(key));
    this.pauses.set(
      key,
      setTimeout(() => {
        this.pauses.delete(key);
        void this.refresh(document);
      }, EDIT_PAUSE_MS),
    );
  }

  private async refresh(document: TextDocument): Promise<void> {
    const key = document.uri.toString();
    const capture = this.shown.current;
    try {
      const answer = capture && (await this.service.annotate(key));
      // What is shown changed meanwhile, or the text did: a newer refresh follows.
      if (this.shown.current !== capture || (answer && answer.version !== document.version)) return;
      const last = this.known.get(key);
      if (capture?.live && last && last !== answer) this.before.set(key, last);
      else this.before.delete(key);
      this.known.set(key, answer);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.drawAll(document);
    this.updated.fire();
  }

  private drawAll(document: TextDocument): void {
    for (const editor of window.visibleTextEditors) if (editor.document === document) this.draw(editor);
  }

  /** Told once a capture, not at every edit; of a server that ended, whoever restarts it tells. */
  private fail(error: unknown): void {
    if (error instanceof ServerEndedError || this.failedFor === this.shown.current) return;
    this.failedFor = this.shown.current;
    this.reportFailure(error);
  }

  private draw(editor: TextEditor): void {
    const { document } = editor;
    const annotated = this.of(document);
    const texts = {
      textAt: (line: number) => document.lineAt(line - 1).text,
      lineCount: document.lineCount,
      tabSize: Number(editor.options.tabSize) || 4,
    };
    const before = this.shown.current?.live ? (this.before.get(document.uri.toString()) ?? annotated) : null;
    const figures = annotated ? lineFigures(annotated, texts, this.shown.settings.units, before) : [];
    const drawn = (type: TextEditorDecorationType, chosen: LineFigure[], attachment: Attachment | null) =>
      editor.setDecorations(
        type,
        chosen.map((figure) => decorationOf(figure, document, attachment)),
      );
    drawn(this.types.figures, figures, figureAttachment);
    drawn(this.types.bars, figures, barAttachment);
    editor.setDecorations(
      this.types.expressions,
      figures.flatMap(({ line, expression }) => (expression ? spanRange(line, expression, document) : [])),
    );
    for (const [style, type] of this.types.ruler) {
      drawn(
        type,
        figures.filter((figure) => figure.style === style),
        null,
      );
    }
  }
}

type Attachment = (figure: LineFigure) => ThemableDecorationAttachmentRenderOptions;

/** The text may have changed since the server saw it; what it meant then is on its way again. */
function spanRange(line: number, { start, end }: TextSpan, document: TextDocument): Range {
  return document.validateRange(new Range(line - 1, start, line - 1, end));
}

/** On an empty range at the line's end. */
function decorationOf(figure: LineFigure, document: TextDocument, attachment: Attachment | null): DecorationOptions {
  const { end } = document.lineAt(figure.line - 1).range;
  return { range: new Range(end, end), ...(attachment && { renderOptions: { after: attachment(figure) } }) };
}

function figureAttachment({ style, text, gap }: LineFigure): ThemableDecorationAttachmentRenderOptions {
  return {
    contentText: text,
    color: new ThemeColor(colors[style].figure),
    margin: `0 0 0 ${gap}ch`,
    ...(style === 'stale' && { fontStyle: 'italic' }),
  };
}

/** Behind the figure, so that a narrow editor cuts the bar. An empty content puts it on the text's baseline. */
function barAttachment({ style, bar }: LineFigure): ThemableDecorationAttachmentRenderOptions {
  const color = new ThemeColor(colors[style].bar);
  return {
    contentText: '',
    width: `${bar}ch`,
    height: '0.62em',
    margin: '0 0 0 1ch',
    ...(style === 'stale' ? { border: '1px solid', borderColor: color } : { backgroundColor: color }),
  };
}

function changesLineCount({ range, text }: TextDocumentContentChangeEvent): boolean {
  return text.includes('\n') || range.end.line > range.start.line;
}

function isPython(document: TextDocument): boolean {
  return document.languageId === 'python' && document.uri.scheme === 'file';
}
