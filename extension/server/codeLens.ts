import type { CodeLens } from 'vscode-languageserver';
import type { Figures, FunctionId } from '../shared/capture';
import { Command, type CommandArguments } from '../shared/contributions';
import { allocationsOf, bytesOf, measureWords } from '../shared/measures';
import type { Shown } from '../shared/protocol';
import { allocationsText, t } from '../shared/translate';
import { formatBytes, formatChange, formatCount, formatShare } from '../shared/units';
import { blockEnds } from './pythonBlocks';
import type { ShownDocument } from './shownDocument';

/** What is between the figures of a lens or a hover. */
export const SEPARATOR = ' · ';

interface Definition extends FunctionId {
  last_line: number;
  figures: Figures;
  /** Of the same function in the capture that is compared with; null when it ran no such function. */
  base: Figures | null;
  /** What the graph is to be of. */
  root: FunctionId;
}

/** Two lenses above each `def` and `class` that is worth it: its figures with callees, and the way to the flame graph. */
export function codeLenses(document: ShownDocument): CodeLens[] {
  const { shown, summary, baseSummary, mapping } = document;
  if (!shown.codeLens) return [];
  const total = bytesOf(summary, shown.measure);
  const baseTotal = baseSummary ? bytesOf(baseSummary, shown.measure) : 0;
  const endNow = blockEnds(document.text.text);
  return definitions(document)
    .filter(
      ({ figures, base }) =>
        isWorthShowing(bytesOf(figures, shown.measure), total, shown.lineThreshold) ||
        (base !== null && isWorthShowing(bytesOf(base, shown.measure), baseTotal, shown.lineThreshold)),
    )
    .flatMap((definition) => {
      const { first_line, last_line, root } = definition;
      const place = mapping.find(first_line);
      if (!place) return [];
      // Also nothing new stands at its end.
      const sameEnd = endNow(place.line) === mapping.find(last_line)?.line;
      const intact = !document.uncertain && sameEnd && mapping.isIntact(first_line, last_line);
      const [figures, action] = intact
        ? figuresOf(definition, document, total)
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
function definitions({ functions, classes, recorded, file, base }: ShownDocument): Definition[] {
  const functionBefore = sameNames(
    base?.functions.map((row) => ({ ...row, name: row.function, first_line: row.first_line ?? 0 })) ?? [],
  );
  const classBefore = sameNames(base?.classes ?? []);
  const functionNumber = numbering();
  const classNumber = numbering();
  const endOf = recorded === null ? null : blockEnds(recorded);
  const classLines = new Set(classes.map(({ first_line }) => first_line));
  const inOrder = [...functions].sort((a, b) => (a.first_line ?? 0) - (b.first_line ?? 0));
  const ofFunctions = inOrder.flatMap(({ function: name, first_line, with_callees: figures }) => {
    const before = functionBefore(name, functionNumber(name));
    if (first_line === null || classLines.has(first_line) || name.split('.').pop()?.startsWith('<')) return [];
    const root = { file, function: name, first_line };
    return { ...root, last_line: endOf?.(first_line) ?? first_line, figures, base: before, root };
  });
  const ofClasses = classes.map(({ name, first_line, last_line, with_callees: figures }) => {
    const root = { file, function: name, first_line, last_line };
    return { ...root, figures, base: classBefore(name, classNumber(name)), root };
  });
  return [...ofFunctions, ...ofClasses];
}

/** Several of one name are told apart by their order, so that they are found again after an edit. */
function sameNames(
  rows: { name: string; first_line: number; with_callees: Figures }[],
): (name: string, number: number) => Figures | null {
  const byName = new Map<string, Figures[]>();
  for (const { name, with_callees } of [...rows].sort((a, b) => a.first_line - b.first_line)) {
    byName.set(name, [...(byName.get(name) ?? []), with_callees]);
  }
  return (name, number) => byName.get(name)?.[number] ?? null;
}

function numbering(): (name: string) => number {
  const seen = new Map<string, number>();
  return (name) => {
    const number = seen.get(name) ?? 0;
    seen.set(name, number + 1);
    return number;
  };
}

function isWorthShowing(bytes: number, total: number, lineThreshold: number): boolean {
  return bytes > 0 && (bytes / total) * 100 >= lineThreshold;
}

function figuresOf({ figures, base }: Definition, { shown }: ShownDocument, total: number): [string, string] {
  const bytes = bytesOf(figures, shown.measure);
  const figure = `${measureWords[shown.measure].symbol} ${formatBytes(bytes, shown.units)} ${nounOf(shown)}`;
  if (shown.base) {
    const change = bytes - (base ? bytesOf(base, shown.measure) : 0);
    const since = t('{0} since {1}', formatChange(change, shown.units), shown.base.title);
    return [`${figure}${SEPARATOR}${since}`, t('Flame graph')];
  }
  const allocations = formatCount(allocationsOf(figures, shown.measure));
  const parts = [figure, formatShare(bytes / total), allocationsText(allocations)];
  return [parts.join(SEPARATOR), t('Flame graph')];
}

function staleFiguresOf(figures: Figures, { shown }: ShownDocument): [string, string] {
  const bytes = formatBytes(bytesOf(figures, shown.measure), shown.units);
  const text = `${measureWords[shown.measure].symbol} ~${bytes} ${nounOf(shown)}`;
  return [`${text}${SEPARATOR}${t('edited since the capture')}`, t('Run Again')];
}

/** While the program runs, what is not freed is what is there now. */
function nounOf({ measure, live }: Shown): string {
  return live && measure === 'unfreed' ? t('now') : measureWords[measure].noun;
}

function lens(line: number, command: { title: string; command: string; arguments?: unknown[] }): CodeLens {
  const start = { line: line - 1, character: 0 };
  return { range: { start, end: start }, command };
}
