import type { CodeLens } from 'vscode-languageserver';
import type { FunctionRow } from '../shared/capture';
import { Command, type CommandArguments } from '../shared/contributions';
import { allocationsOf, bytesOf, measureWords } from '../shared/measures';
import { formatBytes, formatCount, formatShare } from '../shared/units';
import { blockEnds } from './pythonBlocks';
import type { ShownDocument } from './shownDocument';

/** What is between the figures of a lens or a hover. */
export const SEPARATOR = ' · ';

/** Two lenses above each `def` and `class` that is worth it: its figures with callees, and the way to the flame graph. */
export function codeLenses(document: ShownDocument): CodeLens[] {
  const { shown, summary, mapping, recorded, file } = document;
  if (!shown.codeLens) return [];
  const total = bytesOf(summary, shown.measure);
  const ends = recorded === null ? null : blockEnds(recorded);
  return document.functions
    .filter(isDefinition)
    .filter(({ with_callees }) => isWorthShowing(bytesOf(with_callees, shown.measure), total, shown.lineThreshold))
    .flatMap((row) => {
      const place = mapping.find(row.first_line);
      if (!place) return [];
      const intact = !document.uncertain && mapping.isIntact(row.first_line, ends?.(row.first_line) ?? row.first_line);
      const [figures, action] = intact ? figuresOf(row, document, total) : staleFiguresOf(row, document);
      const root = { file, function: row.function, first_line: row.first_line };
      const toGraph = {
        command: Command.OpenFlameGraph,
        arguments: [root] satisfies CommandArguments[Command.OpenFlameGraph],
      };
      return [
        lens(place.line, { ...toGraph, title: figures }),
        lens(place.line, intact ? { ...toGraph, title: action } : { command: Command.RunAgain, title: action }),
      ];
    })
    .sort((a, b) => a.range.start.line - b.range.start.line);
}

/** A function or class whose code stands under a `def` or `class`; not a module, lambda or comprehension. */
function isDefinition(row: FunctionRow): row is FunctionRow & { first_line: number } {
  return row.first_line !== null && !row.function.split('.').pop()?.startsWith('<');
}

function isWorthShowing(bytes: number, total: number, lineThreshold: number): boolean {
  return bytes > 0 && (bytes / total) * 100 >= lineThreshold;
}

function figuresOf(row: FunctionRow, { shown }: ShownDocument, total: number): [string, string] {
  const { symbol, noun } = measureWords[shown.measure];
  const bytes = bytesOf(row.with_callees, shown.measure);
  const allocations = formatCount(allocationsOf(row.with_callees, shown.measure));
  const parts = [
    `${symbol} ${formatBytes(bytes, shown.units)} ${noun}`,
    formatShare(bytes / total),
    `${allocations} allocation${allocations === '1' ? '' : 's'}`,
  ];
  return [parts.join(SEPARATOR), 'Flame graph'];
}

function staleFiguresOf(row: FunctionRow, { shown }: ShownDocument): [string, string] {
  const { symbol, noun } = measureWords[shown.measure];
  const bytes = formatBytes(bytesOf(row.with_callees, shown.measure), shown.units);
  return [`${symbol} ~${bytes} ${noun}${SEPARATOR}edited since the capture`, 'Run Again'];
}

function lens(line: number, command: { title: string; command: string; arguments?: unknown[] }): CodeLens {
  const start = { line: line - 1, character: 0 };
  return { range: { start, end: start }, command };
}
