/**
 * What the language server understands beside LSP itself. One file, imported by both sides.
 * CodeLens and hover are plain LSP; they describe the capture that `show` named last.
 */
import { NotificationType, RequestType } from 'vscode-languageserver-protocol';
import type { Answers, Attribution, Measure, Query, Summary } from './capture';
import type { Units } from './units';

/** What the editor shows at the moment: lenses, hovers and line figures follow it. */
export interface Shown {
  /** Absolute path of the capture; null when nothing is shown. */
  path: string | null;
  measure: Measure;
  attribution: Attribution;
  units: Units;
  /** Percent of the measure's total below which a line or a function is left out; 0 shows everything. */
  lineThreshold: number;
  codeLens: boolean;
  /** Title of the capture for texts about staleness, for example "14:32". */
  title: string;
}

export interface AnnotatedLine {
  /** 1-based, in the document as it is now. */
  line: number;
  bytes: number;
  allocations: number;
  /** 0–1, of the measure's total. */
  share: number;
  /** The text of the line differs from the one that ran. */
  stale: boolean;
}

export interface AnnotatedDocument {
  uri: string;
  /** Of the document that was mapped; an answer for an older version is thrown away. */
  version: number;
  lines: AnnotatedLine[];
  /** The hottest line of the whole capture: the scale of the bars. */
  hottest_bytes: number;
  /** Changed lines, of those that have figures. */
  stale_lines: number;
  /** Of all lines of the document. */
  changed_share: number;
}

/** Opens a capture, or reads what was appended since. */
export const openCapture = new RequestType<{ path: string }, Summary, void>('alloclens/open');
export const closeCapture = new RequestType<{ path: string }, null, void>('alloclens/close');
export const queryCapture = new RequestType<{ path: string; query: Query }, Answers[keyof Answers], void>(
  'alloclens/query',
);
export const show = new RequestType<Shown, null, void>('alloclens/show');
/** Null when the document has no figures. */
export const annotate = new RequestType<{ uri: string }, AnnotatedDocument | null, void>('alloclens/annotate');
/** Sent while a capture is read. */
export const reading = new NotificationType<{ path: string; done: number; total: number }>('alloclens/reading');

/** `ResponseError.data` of a request that failed. */
export interface CaptureErrorData {
  code: string;
  offset?: number;
}
