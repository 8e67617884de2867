import type { CodeLens } from 'vscode-languageserver';
import type { Figures, FunctionId } from '../shared/capture';
import { Command, type CommandArguments } from '../shared/contributions';
import { allocationsOf, bytesOf, measureWords } from '../shared/measures';
import type { Shown } from '../shared/protocol';
import { formatBytes, formatCount, formatShare } from '../shared/units';
import { blockEnds } from './pythonBlocks';
import type { ShownDocument } from './shownDocument';

/** What is between the figures of a lens or a hover. */
export const SEPARATOR = ' · ';

interface Definition extends FunctionId {
  last_line: number;
  figures: Figures;
  /** What the graph is to be of. */
  root: FunctionId;
}

/** Two lenses above each `def` and `class` that is worth it: its figures with callees, and the way to the flame graph. */
export function codeLenses(document: ShownDocument): CodeLens[] {
  const { shown, summary, mapping } = document;
  if (!shown.codeLens) return [];
  const total = bytesOf(summary, shown.measure);
  const endNow = blockEnds(document.text.text);
  return definitions(document)
    .filter(({ figures }) => isWorthShowing(bytesOf(figures, shown.measure), total, shown.lineThreshold))
    .flatMap((definition) => {
      const { first_line, last_line, root } = definition;
      const place = mapping.find(first_line);
      if (!place) return [];
      // Also nothing new stands at its end.
      const sameEnd = endNow(place.line) === mapping.find(last_line)?.line;
      const intact = !document.uncertain && sameEnd && mapping.isIntact(first_line, last_line);
      const [figures, action] = intact
        ? figuresOf(definition.figures, document, total)
        : staleFiguresOf(definition.figures, document);
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

/** Functions and methods, and classes with all code inside them; not modules, lambdas and comprehensions. */
function definitions({ functions, classes, recorded, file }: ShownDocument): Definition[] {
  const endOf = recorded === null ? null : blockEnds(recorded);
  const classLines = new Set(classes.map(({ first_line }) => first_line));
  const ofFunctions = functions.flatMap(({ function: name, first_line, with_callees: figures }) => {
    if (first_line === null || classLines.has(first_line) || name.split('.').pop()?.startsWith('<')) return [];
    const root = { file, function: name, first_line };
    return { ...root, last_line: endOf?.(first_line) ?? first_line, figures, root };
  });
  const ofClasses = classes.map(({ name, first_line, last_line, with_callees: figures }) => {
    const root = { file, function: name, first_line, last_line };
    return { ...root, figures, root };
  });
  return [...ofFunctions, ...ofClasses];
}

function isWorthShowing(bytes: number, total: number, lineThreshold: number): boolean {
  return bytes > 0 && (bytes / total) * 100 >= lineThreshold;
}

function figuresOf(figures: Figures, { shown }: ShownDocument, total: number): [string, string] {
  const bytes = bytesOf(figures, shown.measure);
  const allocations = formatCount(allocationsOf(figures, shown.measure));
  const parts = [
    `${measureWords[shown.measure].symbol} ${formatBytes(bytes, shown.units)} ${nounOf(shown)}`,
    formatShare(bytes / total),
    `${allocations} allocation${allocations === '1' ? '' : 's'}`,
  ];
  return [parts.join(SEPARATOR), 'Flame graph'];
}

function staleFiguresOf(figures: Figures, { shown }: ShownDocument): [string, string] {
  const bytes = formatBytes(bytesOf(figures, shown.measure), shown.units);
  const text = `${measureWords[shown.measure].symbol} ~${bytes} ${nounOf(shown)}`;
  return [`${text}${SEPARATOR}edited since the capture`, 'Run Again'];
}

/** While the program runs, what is not freed is what is there now. */
function nounOf({ measure, live }: Shown): string {
  return live && measure === 'unfreed' ? 'now' : measureWords[measure].noun;
}

function lens(line: number, command: { title: string; command: string; arguments?: unknown[] }): CodeLens {
  const start = { line: line - 1, character: 0 };
  return { range: { start, end: start }, command };
}
