import { realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { URI } from 'vscode-uri';
import type { ExpressionRow, Figures, FileLine, FunctionRow, Query, Summary } from '../shared/capture';
import { type PathMapping, toRemote } from '../shared/pathMappings';
import type { Shown } from '../shared/protocol';
import type { Asked, Capture } from './captureStore';
import { type LineMapping, mapLines, mapNothing } from './lineMapping';
import { type ClassBlock, classBlocks } from './pythonBlocks';

/** A text as the editor has it. */
export interface CurrentText {
  uri: string;
  version: number;
  text: string;
}

/** What a capture knows of one document, mapped to the text as it is now. */
export interface RecordedDocument {
  summary: Summary;
  /** The name that the capture has for the file. */
  file: string;
  lines: FileLine[];
  functions: FunctionRow[];
  /** With the figures of all stacks that have a frame inside. */
  classes: (ClassBlock & { with_callees: Figures })[];
  /** The text that ran; null when nobody knows it. */
  recorded: string | null;
  mapping: LineMapping;
  /** What was recorded may not be what ran, so even lines that look unchanged may carry another line's figures. */
  uncertain: boolean;
}

/** The same of the shown capture, with what is compared with it. */
export interface ShownDocument extends RecordedDocument {
  shown: Shown;
  capture: Capture;
  text: CurrentText;
  /** What of the lines allocated; empty where the program's Python does not tell. */
  expressions: ExpressionRow[];
  /** Null when nothing is compared, or the other capture saw no code of the document. */
  base: RecordedDocument | null;
  /** Of all memory in the capture that is compared with; null when nothing is. */
  baseSummary: Summary | null;
}

/** Null when the capture saw no code of that document. */
export async function showDocument(shown: Shown, capture: Capture, text: CurrentText): Promise<ShownDocument | null> {
  const { base, scope } = shown;
  const other = base && capture.base(base.path);
  const [recorded, baseDocument, baseSummary] = await Promise.all([
    recordedDocument(capture, shown, text),
    other && recordedDocument(other, shown, text),
    other?.ask({ query: 'summary', scope }) ?? null,
  ]);
  if (recorded === null) return null;
  const { expressions } = await capture.ask({ query: 'expressions', file: recorded.file, scope });
  return { ...recorded, shown, capture, text, expressions, base: baseDocument, baseSummary };
}

async function recordedDocument(
  capture: Asked,
  { scope, pathMappings }: Shown,
  text: CurrentText,
): Promise<RecordedDocument | null> {
  const path = URI.parse(text.uri).fsPath;
  const { files } = await capture.ask({ query: 'files' });
  const file = fileInCapture(
    path,
    files.map((entry) => entry.file),
    pathMappings,
  );
  if (file === null) return null;
  const [summary, { lines }, { functions }, recorded] = await Promise.all([
    capture.ask({ query: 'summary', scope }),
    capture.ask({ query: 'file_lines', file, scope }),
    capture.ask({ query: 'functions', file, scope }),
    recordedText(capture, file, path),
  ]);
  return {
    summary,
    file,
    lines,
    functions,
    classes: await classesOf(capture, { query: 'line_ranges', file, scope, ranges: [] }, recorded.text),
    recorded: recorded.text,
    mapping: recorded.text === null ? mapNothing(text.text) : mapLines(recorded.text, text.text),
    uncertain: recorded.uncertain,
  };
}

async function classesOf(
  capture: Asked,
  query: Extract<Query, { query: 'line_ranges' }>,
  recorded: string | null,
): Promise<ShownDocument['classes']> {
  const blocks = recorded === null ? [] : classBlocks(recorded);
  if (blocks.length === 0) return [];
  const ranges = blocks.map(({ first_line, last_line }) => ({ first_line, last_line }));
  const answer = await capture.ask({ ...query, ranges });
  return answer.ranges.map((range, i) => ({ ...blocks[i]!, ...range }));
}

/**
 * A capture has the name Python was given. It may have been given elsewhere, where folders have other paths, and the
 * editor may have opened the same file through another link.
 */
export function fileInCapture(path: string, files: string[], mappings: readonly PathMapping[] = []): string | null {
  const there = toRemote(path, mappings);
  if (files.includes(there)) return there;
  if (files.includes(path)) return path;
  const real = realPath(path);
  const names = new Set([basename(path), basename(real)]);
  return files.find((file) => isAbsolute(file) && names.has(basename(file)) && realPath(file) === real) ?? null;
}

/**
 * The text that ran: of the capture, else of the disk if the file was last written before the run began.
 * A file that was written later, and is not in the capture, is nobody's to know.
 */
export async function recordedText(
  capture: Asked,
  file: string,
  path: string,
): Promise<{ text: string | null; uncertain: boolean }> {
  const source = await capture.ask({ query: 'source', file });
  if (source.text !== null) return source;
  const { start_time_ms } = await capture.ask({ query: 'summary' });
  try {
    if (statSync(path).mtimeMs <= start_time_ms) return { text: await readFile(path, 'utf8'), uncertain: false };
  } catch {
    // The file is gone or unreadable: as unknown as one that was changed.
  }
  return { text: null, uncertain: true };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
