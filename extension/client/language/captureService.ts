import type { CancellationToken, Event } from 'vscode';
import type { Answer, FoundFrames, Query, Summary } from '../../shared/capture';
import type { AnnotatedDocument, FrameSearch, Shown } from '../../shared/protocol';

export interface OpenOptions {
  /** Called while the file is read: bytes so far, and the file's size. */
  onProgress?: (done: number, total: number) => void;
  token?: CancellationToken;
}

/**
 * What the rest of the client may ask of captures. The language server behind it starts with the first question.
 * Every promise rejects with an Error whose message is a sentence for the user.
 */
export interface CaptureService {
  /** Opens a capture, or reads what was appended since. */
  open(path: string, options?: OpenOptions): Promise<Summary>;
  /** The summary of a capture that is not to stay open; `grows` keeps what was read for the next time. */
  summarize(path: string, grows: boolean): Promise<Summary>;
  close(path: string): Promise<void>;
  query<Q extends Query>(path: string, query: Q, token?: CancellationToken): Promise<Answer<Q>>;
  /** Frames of a whole tree, however small. */
  search(path: string, search: FrameSearch, token?: CancellationToken): Promise<FoundFrames>;
  /** Lenses and hovers describe this from now on. */
  show(shown: Shown): Promise<void>;
  annotate(uri: string, token?: CancellationToken): Promise<AnnotatedDocument | null>;
  /** Where a line of the recorded file is now, 1-based; the same line when that cannot be told. */
  locate(path: string, file: string, uri: string, line: number): Promise<number>;
  /** A server that died was replaced by a new one, which knows no capture yet. */
  readonly onDidRestart: Event<void>;
}
