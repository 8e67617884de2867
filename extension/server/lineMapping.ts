/** Finds the lines of a text that ran in the text as it is now. Pure; all lines are 1-based. */
import { diffArrays } from 'diff';

/** Where a recorded line is now; `stale` when its text differs from the one that ran. */
export interface MappedLine {
  line: number;
  stale: boolean;
}

export interface LineMapping {
  /** Null when the line was deleted, or nothing that is there now resembles it. */
  find(recordedLine: number): MappedLine | null;
  /** Changed or new lines, of all lines of the text as it is now: 0–1. */
  changedShare: number;
  /** The text of a range of recorded lines, blank lines aside, stands unchanged and in one piece. */
  isIntact(firstRecorded: number, lastRecorded: number): boolean;
}

/** Diffing texts that have little in common is given up after this; they are all but unrelated then. */
const DIFF_TIMEOUT_MS = 300;

/** A hunk with more pairs of lines than this is paired in order, not by resemblance. */
const MAX_COMPARED_PAIRS = 10_000;

/** At least so much of a line must have stayed for it to count as the same line, changed. */
const MIN_RESEMBLANCE = 0.5;

export function mapLines(recordedText: string, currentText: string): LineMapping {
  const recorded = splitLines(recordedText);
  const current = splitLines(currentText);
  const found: (MappedLine | undefined)[] = [];
  const hunks = recordedText === currentText ? keepAll(recorded, found) : diff(recorded, current, found);
  keepMoved(recorded, current, hunks, found);
  for (const hunk of hunks) pairChanged(recorded, current, hunk, found);

  const changed = hunks.reduce((sum, hunk) => sum + hunk.added.length, 0);
  return {
    find: (line) => found[line] ?? null,
    changedShare: current.length ? changed / current.length : 0,
    isIntact(first, last) {
      const ran = numbers(first, last).filter((line) => !isBlank(recorded, line));
      const places = ran.map((line) => found[line]);
      if (places.some((place) => !place || place.stale)) return false;
      const [from, to] = [places[0], places[places.length - 1]];
      if (!from || !to) return false;
      // The very same lines in the same order: one may have been moved out, and another put in its place.
      const here = numbers(from.line, to.line).filter((line) => !isBlank(current, line));
      return here.length === ran.length && here.every((line, i) => places[i]?.line === line);
    },
  };
}

/** The mapping of a file whose recorded text is not known and that was changed since: everything is in doubt. */
export function mapNothing(currentText: string): LineMapping {
  const count = splitLines(currentText).length;
  return {
    find: (line) => (line >= 1 && line <= count ? { line, stale: true } : null),
    changedShare: 1,
    isIntact: () => false,
  };
}

/** White space at a line's end and the kind of line end are not changes. */
export function splitLines(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}

/** Neighbouring lines that were replaced by others; numbers of lines, 1-based. */
interface Hunk {
  removed: number[];
  added: number[];
}

function keepAll(recorded: string[], found: (MappedLine | undefined)[]): Hunk[] {
  for (let line = 1; line <= recorded.length; line++) found[line] = { line, stale: false };
  return [];
}

function diff(recorded: string[], current: string[], found: (MappedLine | undefined)[]): Hunk[] {
  const changes = diffArrays(recorded, current, { timeout: DIFF_TIMEOUT_MS }) ?? [
    { removed: true, added: false, count: recorded.length },
    { removed: false, added: true, count: current.length },
  ];
  const hunks: Hunk[] = [];
  let hunk: Hunk | null = null;
  let [old, now] = [1, 1];
  for (const { removed, added, count } of changes) {
    if (!removed && !added) {
      hunk = null;
      for (let i = 0; i < count; i++) found[old++] = { line: now++, stale: false };
      continue;
    }
    if (!hunk) {
      hunk = { removed: [], added: [] };
      hunks.push(hunk);
    }
    for (let i = 0; i < count; i++) {
      if (removed) hunk.removed.push(old++);
      else hunk.added.push(now++);
    }
  }
  return hunks;
}

/** Lines that were cut here and put in there: the text is the only one of its kind among those that went and came. */
function keepMoved(recorded: string[], current: string[], hunks: Hunk[], found: (MappedLine | undefined)[]): void {
  const went = onlyOnes(
    hunks.flatMap((hunk) => hunk.removed),
    recorded,
  );
  const came = onlyOnes(
    hunks.flatMap((hunk) => hunk.added),
    current,
  );
  const [gone, taken] = [new Set<number>(), new Set<number>()];
  for (const [text, old] of went) {
    const now = came.get(text);
    if (old === null || now == null) continue;
    found[old] = { line: now, stale: false };
    gone.add(old);
    taken.add(now);
  }
  for (const hunk of hunks) {
    hunk.removed = hunk.removed.filter((line) => !gone.has(line));
    hunk.added = hunk.added.filter((line) => !taken.has(line));
  }
}

/** Text → its line; null for a text that occurs more than once. */
function onlyOnes(lines: number[], texts: string[]): Map<string, number | null> {
  const places = new Map<string, number | null>();
  for (const line of lines) {
    const text = texts[line - 1];
    if (text) places.set(text, places.has(text) ? null : line);
  }
  return places;
}

/** Pairs what was removed with what was added in its place: in order when they are as many, else by resemblance. */
function pairChanged(recorded: string[], current: string[], hunk: Hunk, found: (MappedLine | undefined)[]): void {
  const { removed, added } = hunk;
  if (!removed.length || !added.length) return;
  if (removed.length === added.length || removed.length * added.length > MAX_COMPARED_PAIRS) {
    const pairs = Math.min(removed.length, added.length);
    for (let i = 0; i < pairs; i++) found[at(removed, i)] = { line: at(added, i), stale: true };
    return;
  }
  // Best sum of resemblances of pairs that do not cross, as for a longest common subsequence.
  const width = added.length + 1;
  const best = new Float64Array((removed.length + 1) * width);
  const score = (i: number, j: number) => resemblance(at(recorded, at(removed, i) - 1), at(current, at(added, j) - 1));
  for (let i = removed.length - 1; i >= 0; i--)
    for (let j = added.length - 1; j >= 0; j--)
      best[i * width + j] = Math.max(
        at(best, (i + 1) * width + j),
        at(best, i * width + j + 1),
        at(best, (i + 1) * width + j + 1) + score(i, j),
      );
  for (let i = 0, j = 0; i < removed.length && j < added.length; ) {
    const here = at(best, i * width + j);
    if (here === at(best, (i + 1) * width + j)) i++;
    else if (here === at(best, i * width + j + 1)) j++;
    else found[at(removed, i++)] = { line: at(added, j++), stale: true };
  }
}

/** How much of the longer text is the beginning and the end that both have: 0–1, indentation aside. */
function resemblance(before: string, after: string): number {
  const [a, b] = [before.trim(), after.trim()];
  const [shorter, longer] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  if (!longer) return 0;
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const share = (start + end) / longer;
  return share >= MIN_RESEMBLANCE ? share : 0;
}

function isBlank(texts: string[], line: number): boolean {
  return !texts[line - 1];
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

function at<T>(list: ArrayLike<T>, index: number): T {
  return list[index] as T;
}
