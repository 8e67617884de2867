import type { Answer, Attribution, DiffLine, Figures, LineRow, Measure, Query, Summary } from '../shared/capture';
import { allocationsOf, attributionWords, bytesOf, measures, measureWords } from '../shared/measures';
import { formatBytes, formatChange, formatCount, formatDuration, formatShare } from '../shared/units';
import { checkedInput } from './input';
import { compareCaptures, stacksOfLine, topLines } from './tools';

/** What tools ask captures by. */
export interface Captures {
  /** Opens it, or reads what was appended since. */
  open(path: string): Promise<Summary>;
  query<Q extends Query>(path: string, query: Q): Promise<Answer<Q>>;
}

/** Of one name or path; of a call path; of an answer. */
const MOST_OF_A_NAME = 300;
const MOST_FRAMES = 20;
const MOST_OF_AN_ANSWER = 20_000;

/** Lines in an answer to `profile_script`. */
const LINES_OF_A_RUN = 10;

/** `shown`: the capture that is meant when none is named. */
export async function answer(tool: string, input: unknown, captures: Captures, shown?: string): Promise<string> {
  switch (tool) {
    case topLines.name: {
      const { measure, by, file, limit } = checkedInput(input, topLines.inputSchema);
      const [path, summary] = await opened(input, 'capture', captures, shown);
      const { rows } = await captures.query(path, { query: 'lines' });
      const wanted = { measure: measure as Measure, by: by as Attribution, file: file as string | undefined };
      return bounded([...head(path, summary), '', ...linesText(rows, summary, wanted, Number(limit))]);
    }
    case stacksOfLine.name: {
      const { file, line, measure, limit } = checkedInput(input, stacksOfLine.inputSchema);
      const [path, summary] = await opened(input, 'capture', captures, shown);
      const place = { file: file as string, line: Number(line) };
      const question = { query: 'line_detail', ...place, measure: measure as Measure, limit: Number(limit) } as const;
      const detail = await captures.query(path, question);
      return bounded([...head(path, summary), '', ...stacksText(place, detail, measure as Measure)]);
    }
    case compareCaptures.name: {
      const { measure, limit } = checkedInput(input, compareCaptures.inputSchema);
      const [before] = await opened(input, 'before', captures);
      const [after] = await opened(input, 'after', captures, shown);
      const question = { query: 'diff', base: before, measure: measure as Measure } as const;
      const diff = await captures.query(after, question);
      return bounded(differenceText(before, after, diff, measure as Measure, Number(limit)));
    }
    default:
      throw new Error(`There is no tool "${tool}".`);
  }
}

/** What a run that has just ended is answered with. */
export async function answerOfRun(ending: string, path: string, captures: Captures): Promise<string> {
  const summary = await captures.open(path);
  const { rows } = await captures.query(path, { query: 'lines' });
  const wanted = { measure: 'peak', by: 'yours' } as const;
  return bounded([ending, ...head(path, summary), '', ...linesText(rows, summary, wanted, LINES_OF_A_RUN)]);
}

async function opened(
  input: unknown,
  field: 'capture' | 'before' | 'after',
  captures: Captures,
  shown?: string,
): Promise<[path: string, summary: Summary]> {
  const path = (input as Record<string, string | undefined>)[field] ?? shown;
  if (path === undefined) {
    throw new Error(`"${field}" is missing, and no capture is shown. Name a capture, or profile a script first.`);
  }
  if (!path.startsWith('/')) throw new Error(`"${field}" must be an absolute path, not ${JSON.stringify(path)}.`);
  return [path, await captures.open(path)];
}

function head(path: string, summary: Summary): string[] {
  const { target, duration_s, peak_time_s, peak_rss_bytes, exit_status, command, notes } = summary;
  const ended = exit_status === null ? 'no exit status' : `exit status ${exit_status}`;
  return [
    `Capture: ${name(path)}`,
    `Program: ${name(command.join(' ') || target.name)} (${formatDuration(duration_s)}, ${ended})`,
    `Peak heap: ${bytes(summary.peak_bytes)} at ${formatDuration(peak_time_s)}, resident ${bytes(peak_rss_bytes)}. ` +
      `Unfreed at the end: ${bytes(summary.unfreed_bytes)}. Total: ${bytes(summary.total_bytes)} in ` +
      `${formatCount(summary.total_allocations)} allocations. Temporary: ${bytes(summary.temporary_bytes)}.`,
    ...notes.map((note) => `Note: ${name(note)}`),
  ];
}

interface Wanted {
  measure: Measure;
  by: Attribution;
  file?: string | undefined;
}

function linesText(rows: readonly LineRow[], summary: Summary, { measure, by, file }: Wanted, limit: number): string[] {
  const figures = (row: LineRow) => (by === 'own' ? row : row[by]);
  const wanted = rows
    .filter((row) => bytesOf(figures(row), measure) > 0 && (!file || row.file?.includes(file)))
    .sort((a, b) => bytesOf(figures(b), measure) - bytesOf(figures(a), measure));
  const total = bytesOf(summary, measure);
  const meaning = `${measureWords[measure].meaning}. Counted by: ${attributionWords[by].meaning}.`;
  if (wanted.length === 0) return [`No line has bytes of this measure. ${meaning}`];
  return [
    `Lines by bytes ${measureWords[measure].phrase} (${meaning})`,
    ...wanted.slice(0, limit).map((row, i) => `${i + 1}. ${share(figures(row), measure, total)} ${place(row)}`),
    ...more(wanted.length - limit, 'lines'),
  ];
}

function stacksText(
  { file, line }: { file: string; line: number },
  {
    figures,
    allocated_in,
    called_from,
  }: Answer<{ query: 'line_detail'; file: string; line: number; measure: Measure; limit: number }>,
  measure: Measure,
): string[] {
  const of = (which: Figures) =>
    measures.map((each) => `${measureWords[each].title.toLowerCase()} ${bytes(bytesOf(which, each))}`).join(', ');
  const total = bytesOf(figures.with_callees, measure);
  if (Object.values(figures.with_callees).every((figure) => figure === 0)) {
    return [`${name(file)}:${line} has no memory in this capture. top_lines names files and lines that have.`];
  }
  return [
    `${name(file)}:${line}`,
    `With all that it calls: ${of(figures.with_callees)}`,
    `As the innermost line of the user's code: ${of(figures.yours)}`,
    '',
    `Asked for in, ${measureWords[measure].phrase}:`,
    ...allocated_in.map((row) => `- ${figure(row, total)} ${place(row)}`),
    '',
    'Called from, innermost first:',
    ...called_from.map(({ path, ...row }) => {
      const frames = path.slice(0, MOST_FRAMES).map(place);
      const rest = path.length > MOST_FRAMES ? [`… ${path.length - MOST_FRAMES} more`] : [];
      return `- ${figure(row, total)} ${[...frames, ...rest].join(' < ') || '(the program itself)'}`;
    }),
  ];
}

function differenceText(
  before: string,
  after: string,
  diff: Answer<{ query: 'diff'; base: string; measure: Measure }>,
  measure: Measure,
  limit: number,
): string[] {
  const change = (row: DiffLine) => bytesOf(row.after, measure) - bytesOf(row.before, measure);
  const changed = diff.lines
    .filter((row) => change(row) !== 0)
    .sort((a, b) => Math.abs(change(b)) - Math.abs(change(a)));
  const total = (each: Measure) => {
    const [old, now] = [bytesOf(diff.before, each), bytesOf(diff.after, each)];
    return `${measureWords[each].title}: ${bytes(old)} before, ${bytes(now)} after (${formatChange(now - old)}).`;
  };
  return [
    `Before: ${name(before)}`,
    `After: ${name(after)}`,
    ...measures.map(total),
    '',
    changed.length === 0 ? 'No line changed by this measure.' : `Lines by change ${measureWords[measure].phrase}:`,
    ...changed.slice(0, limit).map((row, i) => {
      const from = `${bytes(bytesOf(row.before, measure))} to ${bytes(bytesOf(row.after, measure))}`;
      return `${i + 1}. ${formatChange(change(row))} (${from}) ${place(row)}`;
    }),
    ...more(changed.length - limit, 'lines'),
  ];
}

function share(row: Figures, measure: Measure, total: number): string {
  return figure({ bytes: bytesOf(row, measure), allocations: allocationsOf(row, measure) }, total);
}

function figure(row: { bytes: number; allocations: number }, total: number): string {
  return `${bytes(row.bytes)} (${formatShare(total > 0 ? row.bytes / total : 0)}, ${formatCount(row.allocations)} allocations)`;
}

function place(row: { file: string | null; line: number | null; function: string | null }): string {
  if (row.file === null) return name(row.function ?? 'memory that no Python line asked for');
  return name(`${row.file}:${row.line ?? '?'} ${row.function ?? ''}`.trimEnd());
}

const more = (rest: number, what: string) => (rest > 0 ? [`… ${rest} more ${what}`] : []);
const bytes = (count: number) => formatBytes(count);

/** One line, and not too long: names are the profiled program's, and may hold anything. */
function name(text: string): string {
  const line = text.slice(0, 2 * MOST_OF_A_NAME).replace(/[\p{C}\p{Z}\s]+/gu, ' ');
  return line.length > MOST_OF_A_NAME ? `${line.slice(0, MOST_OF_A_NAME - 1)}…` : line;
}

/** Spaces that hold a unit to its number help no model. */
function bounded(lines: string[]): string {
  let length = 0;
  const kept = lines.filter((line) => {
    length += line.length + 1;
    return length <= MOST_OF_AN_ANSWER;
  });
  const cut = kept.length < lines.length ? ['… the answer is cut here; ask with a smaller limit.'] : [];
  return [...kept, ...cut].join('\n').replaceAll('\u00a0', ' ');
}
