import { basename, isAbsolute } from 'node:path';
import type { Hover, Position } from 'vscode-languageserver';
import type { FunctionId, LineDetail, PathFrame } from '../shared/capture';
import { Command } from '../shared/contributions';
import { allocationsOf, bytesOf, measures, measureWords } from '../shared/measures';
import type { AnnotatedLine } from '../shared/protocol';
import { allocationsText, t } from '../shared/translate';
import { formatBytes, formatChange, formatCount, formatShare } from '../shared/units';
import { shownLine } from './annotate';
import { SEPARATOR } from './codeLens';
import { excerptOf, expressionsOf } from './expressions';
import { splitLines } from './lineMapping';
import { codeSpan, commandLink, escapeMarkdown, table } from './markdown';
import { blockEnds } from './pythonBlocks';
import type { ShownDocument } from './shownDocument';

/** Rows of each table: VS Code gives a hover 250 pixels at first, and nothing important may lie below. */
const MAX_ROWS = 3;

/** Of a line that allocates in several places. */
const MAX_EXPRESSIONS = 2;

/** Frames of a call path. */
const MAX_FRAMES = 4;

/**
 * What is behind a line's figure. Answers at the line's end alone, where VS Code maps a pointer on the figure to;
 * elsewhere on the line the hover belongs to types and docs.
 */
export async function hover(document: ShownDocument, position: Position): Promise<Hover | null> {
  if (position.character < lineLength(document.text.text, position.line) - 1) return null;
  const line = shownLine(document, position.line + 1);
  if (!line) return null;
  const { shown, capture, file } = document;
  const detail = await capture.query({
    query: 'line_detail',
    file,
    line: line.recorded,
    measure: shown.measure,
    limit: MAX_ROWS,
    scope: shown.scope,
  });
  const sections = [
    headline(document, line),
    otherMeasures(document, detail),
    ...changes(document, line, detail),
    ...(line.stale ? [] : expressions(document, line.recorded, position.line)),
    ...doubts(document, line.stale),
    ...origins(document, detail),
    links(document, line.recorded),
  ];
  return { contents: { kind: 'markdown', value: sections.join('\n\n') } };
}

function headline(
  { shown, summary }: ShownDocument,
  line: { bytes: number; allocations: number; share: number },
): string {
  const parts = [
    `$(flame) **${formatBytes(line.bytes, shown.units)}** ${measureWords[shown.measure].phrase}`,
    t('{0} of {1}', formatShare(line.share), formatBytes(bytesOf(summary, shown.measure), shown.units)),
    allocationsText(formatCount(line.allocations)),
  ];
  return parts.join(SEPARATOR);
}

function otherMeasures({ shown }: ShownDocument, detail: LineDetail): string {
  const figures = detail.figures[shown.attribution];
  return measures
    .filter((measure) => measure !== shown.measure)
    .map((measure) => {
      const allocations = formatCount(allocationsOf(figures, measure));
      return `${measureWords[measure].title} ${formatBytes(bytesOf(figures, measure), shown.units)} (${allocations})`;
    })
    .join(SEPARATOR);
}

/** By how much each measure changed since the capture that is compared with. */
function changes({ shown, base }: ShownDocument, line: AnnotatedLine, detail: LineDetail): string[] {
  if (!shown.base) return [];
  const before = base?.lines.filter(({ line: number }) => base.mapping.find(number)?.line === line.line) ?? [];
  const parts = measures.map((measure) => {
    const bytes = before.reduce((sum, each) => sum + bytesOf(each[shown.attribution], measure), 0);
    const change = formatChange(bytesOf(detail.figures[shown.attribution], measure) - bytes, shown.units);
    return `${measureWords[measure].title.toLowerCase()} ${measure === shown.measure ? `**${change}**` : change}`;
  });
  return [`$(git-compare) ${t('Since {0}: {1}', shown.base.title, parts.join(SEPARATOR))}`];
}

/** Which part of the line asked for the bytes, where Python 3.11 or later tells. */
function expressions({ expressions, shown, text }: ShownDocument, recordedLine: number, place: number): string[] {
  const code = splitLines(text.text)[place] ?? '';
  const rows = expressionsOf(expressions, recordedLine, shown);
  const all = rows.reduce((sum, row) => sum + bytesOf(row[shown.attribution], shown.measure), 0);
  const parts = rows.slice(0, MAX_EXPRESSIONS).flatMap((row) => {
    const excerpt = excerptOf(row, code);
    const share = bytesOf(row[shown.attribution], shown.measure) / all;
    return excerpt ? [rows.length > 1 ? `${codeSpan(excerpt)} ${formatShare(share)}` : codeSpan(excerpt)] : [];
  });
  return parts.length ? [t('Asked for by {0}', parts.join(', '))] : [];
}

function doubts({ shown, uncertain }: ShownDocument, stale: boolean): string[] {
  if (uncertain) return [`$(history) ${t('The text that ran is not known; figures may belong to other lines.')}`];
  if (stale) return [`$(history) ${t('Edited since the capture of {0}; figures are for the old text.', shown.title)}`];
  return [];
}

function origins({ shown }: ShownDocument, detail: LineDetail): string[] {
  const allocatedIn = detail.allocated_in
    .slice(0, MAX_ROWS)
    .map((frame) => [formatBytes(frame.bytes, shown.units), frameLink(frame, frame.function), place(frame)]);
  const calledFrom = detail.called_from
    .filter(({ path }) => path.length > 0)
    .slice(0, MAX_ROWS)
    .map(({ path, bytes }) => [formatBytes(bytes, shown.units), callPath(path)]);
  return [
    ...(allocatedIn.length ? [table(t('Allocated in'), allocatedIn)] : []),
    ...(calledFrom.length ? [table(t('Called from'), calledFrom)] : []),
  ];
}

function callPath(path: PathFrame[]): string {
  const frames = path
    .slice(0, MAX_FRAMES)
    .map((frame) => frameLink(frame, frame.line === null ? frame.function : `${frame.function}:${frame.line}`));
  return [...frames, ...(path.length > MAX_FRAMES ? ['…'] : [])].join(' ← ');
}

/** Frames of `exec` code and native ones lead nowhere. */
function frameLink({ file, line }: PathFrame, text: string): string {
  const name = escapeMarkdown(text);
  if (file === null || line === null || !isAbsolute(file)) return name;
  return commandLink(name, Command.RevealLocation, { file, line });
}

function place({ file, line, origin }: PathFrame): string {
  if (file === null) return origin === 'native' ? t('(native)') : '';
  return escapeMarkdown(line === null ? basename(file) : `${basename(file)}:${line}`);
}

function links(document: ShownDocument, recordedLine: number): string {
  const graph = commandLink(
    `$(flame) ${t('Show in Flame Graph')}`,
    Command.OpenFlameGraph,
    ...functionAround(document, recordedLine),
  );
  const details = commandLink(`$(list-tree) ${t('Show Line Details')}`, Command.ShowLineDetails, {
    file: document.file,
    line: recordedLine,
  });
  return [graph, details, commandLink(`$(eye-closed) ${t('Hide Figures')}`, Command.ClearFigures)].join(' &nbsp; ');
}

/** The innermost function whose block has the line; the whole graph for lines of the module itself. */
function functionAround({ functions, file, recorded }: ShownDocument, line: number): [FunctionId?] {
  if (recorded === null) return [];
  const endOf = blockEnds(recorded);
  const [innermost] = functions
    .flatMap(({ function: name, first_line }) => (first_line === null ? [] : { file, function: name, first_line }))
    .filter((row) => row.function !== '<module>' && row.first_line <= line && line <= endOf(row.first_line))
    .sort((a, b) => b.first_line - a.first_line);
  return innermost ? [innermost] : [];
}

function lineLength(text: string, line: number): number {
  return (text.split('\n')[line] ?? '').replace(/\r$/, '').length;
}
