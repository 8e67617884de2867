import {
  type Disposable,
  EventEmitter,
  l10n,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Summary } from '../../shared/capture';
import { Command, type CommandHandlers } from '../../shared/contributions';
import { bytesOf, measureWords } from '../../shared/measures';
import type { AnnotatedDocument, AnnotatedLine } from '../../shared/protocol';
import { formatBytes, formatChange, formatCount, formatShare, type Units } from '../../shared/units';
import type { ShownCapture } from '../captures/shownCapture';
import type { Annotations } from './annotations';

const SCHEME = 'alloclens-figures';

/** The figures of a file as a plain document, for those who hear rather than see: what stands beside code is not read aloud. */
export class FiguresText implements TextDocumentContentProvider, Disposable {
  private readonly changed = new EventEmitter<Uri>();
  private readonly texts = new Map<string, string>();
  private readonly registration: Disposable;

  readonly onDidChange = this.changed.event;
  readonly handlers: Pick<CommandHandlers, Command.ShowFiguresAsText> = {
    [Command.ShowFiguresAsText]: () => this.show(),
  };

  constructor(
    private readonly shown: ShownCapture,
    private readonly annotations: Annotations,
  ) {
    this.registration = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private async show(): Promise<void> {
    // With the keyboard in the panel no editor is active.
    const editor =
      window.activeTextEditor ?? window.visibleTextEditors.find(({ document }) => this.annotations.of(document));
    const annotated = editor && this.annotations.of(editor.document);
    const { current, totals, measure, settings } = this.shown;
    if (!editor || !annotated?.lines.length || !current || !totals) {
      void window.showInformationMessage(l10n.t('No line of this file has a figure.'));
      return;
    }
    const { document } = editor;
    const uri = Uri.from({ scheme: SCHEME, path: `${document.uri.path} figures.txt` });
    const lineAt = (line: number) => document.lineAt(line - 1).text;
    this.texts.set(
      uri.toString(),
      figuresText(annotated, {
        name: nameOf(document),
        title: current.title,
        totals,
        measure,
        units: settings.units,
        since: this.shown.base?.title ?? null,
        lineAt,
      }),
    );
    this.changed.fire(uri);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }
}

interface Context {
  name: string;
  title: string;
  totals: Summary;
  measure: keyof typeof measureWords;
  units: Units;
  /** When that was recorded which is compared with. */
  since?: string | null;
  lineAt(line: number): string;
}

/** One sentence a line, hottest first: that is the order in which one wants to hear them. */
export function figuresText({ lines }: AnnotatedDocument, context: Context): string {
  const { name, title, totals, measure, units } = context;
  const total = formatBytes(bytesOf(totals, measure), units);
  const head = `${name}, capture of ${title}: ${total} ${measureWords[measure].phrase}. ${lines.length} lines, hottest first.`;
  const rows = [...lines].sort((a, b) => b.bytes - a.bytes).map((line) => sentence(line, context));
  return `${[head, '', ...rows].join('\n').replaceAll('\u00a0', ' ')}\n`;
}

function sentence(annotated: AnnotatedLine, { units, since, lineAt }: Context): string {
  const { line, bytes, base_bytes, share, allocations, stale } = annotated;
  const figures = [
    `Line ${line}: ${stale ? 'about ' : ''}${formatBytes(bytes, units)}`,
    formatShare(share),
    `${formatCount(allocations)} ${allocations === 1 ? 'allocation' : 'allocations'}`,
    ...(base_bytes === undefined ? [] : [`${formatChange(bytes - base_bytes, units)} since ${since ?? 'then'}`]),
    ...(stale ? ['edited since the capture'] : []),
  ];
  return `${figures.join(', ')}: ${lineAt(line).trim()}`;
}

function nameOf(document: TextDocument): string {
  return workspace.asRelativePath(document.uri);
}
