/**
 * What the language server understands beside LSP itself. One file, imported by both sides.
 * CodeLens and hover are plain LSP; they describe the capture that `show` named last.
 *
 * Methods are described by types of our own: client and server libraries each bring a protocol package, and
 * the request classes of one do not fit the other.
 */
import type { Attribution, FoundFrames, FunctionId, Measure, Query, Scope, Summary } from './capture';
import type { PathMapping } from './pathMappings';
import type { Units } from './units';

/** A capture that another one is compared with. */
export interface Baseline {
  /** Absolute path. */
  path: string;
  /** When it was recorded, to be put behind "since": "14:21". */
  title: string;
}

/** What the editor shows at the moment: lenses, hovers and line figures follow it. */
export interface Shown {
  /** Absolute path of the capture; null when nothing is shown. */
  path: string | null;
  measure: Measure;
  attribution: Attribution;
  /** The part of the run that figures are of; null for all of it. */
  scope: Scope | null;
  /** Figures tell what grew and shrank since this one; null when nothing is compared. */
  base: Baseline | null;
  /** The program runs and the capture grows. */
  live: boolean;
  units: Units;
  /** Percent of the measure's total below which a line or a function is left out; 0 shows everything. */
  lineThreshold: number;
  codeLens: boolean;
  /** Folders that had another path where the program ran. */
  pathMappings: readonly PathMapping[];
  /** URIs of documents that show nothing. */
  hidden: readonly string[];
  /** Title of the capture for texts about staleness, for example "14:32". */
  title: string;
}

/** `initializationOptions` of LSP. */
export interface ServerOptions
  extends Partial<Pick<Shown, 'measure' | 'units' | 'lineThreshold' | 'codeLens' | 'pathMappings'>> {
  /**
   * The editor has our client: it draws figures on lines by `alloclens/annotate` and says what is shown. Others are
   * offered inlay hints and commands, and shown the newest capture of their folders; the other options are for them.
   */
  drawsFigures?: boolean;
  /** Texts in the editor's language, by the English ones. */
  translations?: Readonly<Record<string, string>> | undefined;
  /** Absolute path of the capture to show, in place of the newest. */
  capture?: string;
  /** Absolute path of a folder with captures, beside those of the workspace. */
  captureDirectory?: string;
}

/** Which tree is looked through, and what for. */
export interface FrameSearch {
  /** In the language of the filter box. */
  filter: string;
  measure: Measure;
  inverted?: boolean;
  root?: FunctionId;
  split_threads?: boolean;
  scope?: Scope | null;
}

export interface AnnotatedLine {
  /** 1-based, in the document as it is now. */
  line: number;
  /** The line as it was when the program ran; of several that are one now, the hottest. */
  recorded: number;
  bytes: number;
  /** What the line had in the capture that is compared with. */
  base_bytes?: number;
  allocations: number;
  /** 0–1, of the measure's total. */
  share: number;
  /** The text of the line differs from the one that ran, or may differ. */
  stale: boolean;
  /** What of the line allocated most, where that is known and the text is the one that ran. */
  expression?: TextSpan;
}

/** A part of a line: UTF-16 columns from 0, the end exclusive. */
export interface TextSpan {
  start: number;
  end: number;
}

export interface AnnotatedDocument {
  uri: string;
  /** The name that the capture has for the file. */
  file: string;
  /** Of the document that was mapped; an answer for an older version is thrown away. */
  version: number;
  lines: AnnotatedLine[];
  /** The hottest line of the whole capture, and of that which is compared with: the scale of the bars. */
  hottest_bytes: number;
  /** Changed lines, of those that have figures. */
  stale_lines: number;
  /** Of all lines of the document. */
  changed_share: number;
  /** The recorded text may not be the one that ran, so any figure may stand at the wrong line: all are stale. */
  uncertain: boolean;
}

/** A method and, for the compiler alone, what it takes and answers. */
export interface Request<Params, Result> {
  readonly method: string;
  readonly params?: Params;
  readonly result?: Result;
}
export interface Notification<Params> {
  readonly method: string;
  readonly params?: Params;
}

/** Opens a capture, or reads what was appended since. */
export const openCapture: Request<{ path: string }, Summary> = { method: 'alloclens/open' };
/**
 * The summary of a capture that need not be open: it is read and let go again. One that `grows` is kept until it is asked
 * for when it does not, so that only what is new is read each time.
 */
export const summarizeCapture: Request<{ path: string; grows: boolean }, Summary> = { method: 'alloclens/summarize' };
export const closeCapture: Request<{ path: string }, null> = { method: 'alloclens/close' };
/** Answers with the core's JSON as text: a tree of a deep recursion can be parsed, but not be written again. */
export const queryCapture: Request<{ path: string; query: Query }, string> = { method: 'alloclens/query' };
/** Frames of the whole tree, also of what is too small to be sent. */
export const searchCapture: Request<{ path: string; search: FrameSearch }, FoundFrames> = {
  method: 'alloclens/search',
};
export const showCapture: Request<Shown, null> = { method: 'alloclens/show' };
/** Null when the document has no figures. */
export const annotateDocument: Request<{ uri: string }, AnnotatedDocument | null> = { method: 'alloclens/annotate' };
/** Where a line of the recorded file, by the capture's name for it, is in the document now, 1-based; the same line when that cannot be told. */
export const locateLine: Request<{ path: string; file: string; uri: string; line: number }, number> = {
  method: 'alloclens/locate',
};
/** Sent while a capture is read: bytes so far, and the file's size. */
export const reading: Notification<{ path: string; done: number; total: number }> = { method: 'alloclens/reading' };

/** `ResponseError.data` of a request that failed. */
export interface CaptureErrorData {
  /** Of native/addon/index.d.ts, or "internal". */
  code: string;
  /** Place in the file, in bytes. */
  offset?: number;
}
