/** From what pytest tells of setup, call and teardown of a test to one verdict with its messages. */
import { l10n } from 'vscode';
import { formatBytes } from '../../shared/units';
import type { TestMemory, TestReport } from './reportLog';

export interface StackPlace {
  name: string;
  file: string;
  /** 1-based. */
  line: number;
}

/** A text at a line; without a place it stands at the test. */
export interface Message {
  text: string;
  place: { file: string; line: number } | null;
  /** Innermost first. */
  stack: StackPlace[];
}

export interface Verdict {
  kind: 'passed' | 'failed' | 'errored' | 'skipped';
  messages: Message[];
  durationMs: number;
  memory: TestMemory | null;
}

/** Beyond these a failure has no more lines: it is to be read, not searched. */
const MOST_PLACES = 5;

/** `isOwn`: whether a file is of the project, and no installed package. */
export function verdictOf(reports: readonly TestReport[], isOwn: (file: string) => boolean): Verdict {
  const failed = reports.filter(({ outcome }) => outcome === 'failed');
  const memory = reports.findLast((report) => report.memory)?.memory ?? null; // it may have run again
  const durationMs = 1000 * reports.reduce((sum, { duration_s }) => sum + duration_s, 0);
  const messages = failed.flatMap((report) =>
    report.memory?.problem ? memoryMessages(report.memory, isOwn) : [failureMessage(report)],
  );
  const inCall = failed.some(({ when }) => when === 'call');
  const skipped = reports.some(({ outcome }) => outcome === 'skipped');
  const kind = inCall ? 'failed' : failed.length > 0 ? 'errored' : skipped ? 'skipped' : 'passed';
  return { kind, messages, durationMs, memory };
}

/** At the innermost line of the test's own file, where the reader looks first. */
function failureMessage({ file, text, message, trace = [], sections }: TestReport): Message {
  const [path, line] = trace.findLast(([at]) => at === file) ?? trace.at(-1) ?? [];
  const printed = sections.map(([title, content]) => `${` ${title} `.padStart(40, '-').padEnd(78, '-')}\n${content}`);
  return {
    // The editor shows the first line at the code, and all of it when one looks closer.
    text: [
      message || l10n.t('The test failed without a message.'),
      ...(text && text !== message ? ['', text] : []),
      ...printed,
    ].join('\n'),
    place: path !== undefined && line !== undefined ? { file: path, line } : null,
    stack: [],
  };
}

/** The sentence at the line that allocated most, then the other lines with what they allocated. */
function memoryMessages({ problem = '', places = [] }: TestMemory, isOwn: (file: string) => boolean): Message[] {
  const byLine = new Map<string, { bytes: number; place: StackPlace; stack: StackPlace[] }>();
  for (const { bytes, frames } of places) {
    const stack = frames.map(([name, file, line]) => ({ name, file, line }));
    const place = stack.find(({ file }) => isOwn(file)) ?? stack[0];
    if (!place) continue;
    const key = `${place.file}:${place.line}`;
    const before = byLine.get(key);
    if (before) before.bytes += bytes;
    else byLine.set(key, { bytes, place, stack });
  }
  const lines = [...byLine.values()].sort((a, b) => b.bytes - a.bytes).slice(0, MOST_PLACES);
  // As in the sentence, whose units are pytest-memray's.
  const allocated = (bytes: number) => l10n.t('{0} allocated here', formatBytes(bytes, 'iec').replace('\u00a0', ''));
  const [first, ...rest] = lines;
  if (!first) return [{ text: problem, place: null, stack: [] }];
  return [
    { text: `${problem}: ${allocated(first.bytes)}`, place: first.place, stack: first.stack },
    ...rest.map(({ bytes, place, stack }) => ({ text: allocated(bytes), place, stack })),
  ];
}
