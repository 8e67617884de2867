/** The binding of `native/core`: no logic. Every call runs off the main thread. */

export interface Progress {
  /** Bytes of the file read so far, and its size. */
  done: number;
  total: number;
}

export interface OpenOptions {
  onProgress?: (progress: Progress) => void;
  /** Aborting rejects the promise with an error whose `code` is `"cancelled"`. */
  signal?: AbortSignal;
}

/** Errors carry `code`: "not_found" | "not_a_capture" | "newer_format" | "other_architecture" | "damaged" | "cancelled" | "bad_query" | "unknown_name" | "io", and `offset` when a place in the file is known. */
export interface CaptureError extends Error {
  code: string;
  offset?: number;
}

export interface NativeCapture {
  /** Reads what was appended since; true when anything was. */
  update(options?: OpenOptions): Promise<boolean>;
  /** `request` is a JSON `Query`, the answer JSON too: see extension/shared/capture.ts. */
  query(request: string, options?: OpenOptions): Promise<string>;
  close(): void;
}

export function open(path: string, options?: OpenOptions): Promise<NativeCapture>;
export const version: string;
