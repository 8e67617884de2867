import {
  type DecorationOptions,
  type Disposable,
  type Event,
  EventEmitter,
  Range,
  type TextDocument,
  type TextEditor,
  window,
  workspace,
} from 'vscode';
import type { AnnotatedDocument } from '../../shared/protocol';
import type { OpenedCapture, ShownCapture } from '../captures/shownCapture';
import type { CaptureService } from '../language/captureService';
import { ServerEndedError } from '../language/readableError';
import { DecorationTypes } from './decorationTypes';
import { type LineFigure, lineFigures } from './lineFigures';

/** After an edit, figures wait for a pause in typing. */
const EDIT_PAUSE_MS = 300;

/** Bar's height and distance from the figure; an empty content puts it on the text's baseline. */
const BAR = { contentText: '', height: '0.62em', margin: '0 0 0 1ch' };

/** Keeps the figures on the lines of all visible editors. Scrolling changes nothing. */
export class Annotations implements Disposable {
  private readonly types = new DecorationTypes();
  private readonly known = new Map<string, AnnotatedDocument | null>();
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
      workspace.onDidChangeTextDocument(({ document }) => this.refreshAfterPause(document)),
      workspace.onDidCloseTextDocument((document) => this.known.delete(document.uri.toString())),
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
      this.known.set(key, answer);
    } catch (error) {
      this.fail(error);
      return;
    }
    for (const editor of window.visibleTextEditors) if (editor.document === document) this.draw(editor);
    this.updated.fire();
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
    const figures = annotated ? lineFigures(annotated, texts, this.shown.settings.units) : [];
    for (const [style, type] of Object.entries(this.types.byStyle)) {
      editor.setDecorations(
        type,
        figures.filter((figure) => figure.style === style).map((figure) => decorationOf(figure, document)),
      );
    }
  }
}

/** On an empty range at the line's end. The number comes first: a narrow editor cuts the bar. */
function decorationOf({ line, text, gap, bar }: LineFigure, document: TextDocument): DecorationOptions {
  const { end } = document.lineAt(line - 1).range;
  return {
    range: new Range(end, end),
    renderOptions: {
      before: { contentText: text, margin: `0 0 0 ${gap}ch` },
      after: { ...BAR, width: `${bar}ch` },
    },
  };
}

function isPython(document: TextDocument): boolean {
  return document.languageId === 'python' && document.uri.scheme === 'file';
}
