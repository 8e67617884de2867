/** Nothing is ever shown on the wrong line: after any edits, each figure stands at the text that ran, or is stale. */
import { expect, test } from 'vitest';
import { annotate } from './annotate';
import { codeLenses } from './codeLens';
import { splitLines } from './lineMapping';
import { fileLine, functionRow, MB } from './testing/goldenCapture';
import { goldenDocument } from './testing/goldenDocument';

/** Mulberry32: the same edits in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Functions with bodies, some lines of which occur again and again, as in real code. */
function program(below: (n: number) => number): string[] {
  const common = ['    return rows', '    rows = []', '    for row in data:', '', '        rows.append(row)'];
  return Array.from({ length: 12 }, (_, f) => [
    `def f${f}(data):`,
    ...Array.from({ length: 2 + below(6) }, (_, i) =>
      below(2) ? common[below(common.length)]! : `    x${i} = g${f}(${below(9)})`,
    ),
    '',
  ]).flat();
}

/** One edit as people and tools make them. */
function edited(lines: string[], below: (n: number) => number): string[] {
  const at = below(lines.length);
  const some = 1 + below(4);
  const copy = [...lines];
  switch (below(8)) {
    case 0: // typed above
      copy.splice(at, 0, `    new${below(99)} = ${below(99)}`);
      break;
    case 1: // deleted
      copy.splice(at, some);
      break;
    case 2: // changed
      copy[at] = `${copy[at]}  # ${below(99)}`;
      break;
    case 3: // moved
      copy.splice(below(copy.length), 0, ...copy.splice(at, some));
      break;
    case 4: // pasted again
      copy.splice(at, 0, ...lines.slice(at, at + some));
      break;
    case 5: // indented
      for (let i = at; i < Math.min(at + some, copy.length); i++) copy[i] = `    ${copy[i]}`;
      break;
    case 6: // white space at the ends of lines, as formatters take away
      copy[at] = `${copy[at]}   `;
      break;
    default: // two lines change places
      [copy[at], copy[0]] = [copy[0]!, copy[at]!];
  }
  return copy.length > 0 ? copy : ['pass'];
}

test('after random edits every figure is at a line with the text that ran, or stale; each line has one at most', async () => {
  for (let seed = 1; seed <= 80; seed++) {
    const below = random(seed);
    const ran = program(below);
    const lines = ran.flatMap((text, i) => (text.trim() ? [fileLine(i + 1, (i + 1) * MB)] : []));
    let now = ran;
    for (let edits = below(12); edits > 0; edits--) now = edited(now, below);
    const document = await goldenDocument({
      ran: ran.join('\n'),
      now: now.join('\n'),
      answers: { file_lines: { lines } },
      shown: { lineThreshold: 0 },
    });
    const texts = splitLines(document.text.text);
    const recorded = splitLines(ran.join('\n'));
    const annotated = await annotate(document);
    const places = annotated.lines.map(({ line }) => line);
    expect(new Set(places).size, `seed ${seed}`).toBe(places.length);
    for (const { line, recorded: from, stale } of annotated.lines) {
      if (!stale) expect(texts[line - 1], `seed ${seed}, line ${line}`).toBe(recorded[from - 1]);
    }
    // What was not edited at all has all its figures, at the same lines.
    if (now === ran) expect(annotated.lines.map(({ line }) => line)).toEqual(lines.map(({ line }) => line));
  }
});

test('after random edits a lens without "edited" stands above the text of a function that is as it was', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const below = random(seed);
    const ran = program(below);
    const functions = ran.flatMap((text, i) => {
      const [, name] = /^def (\w+)/.exec(text) ?? [];
      return name ? [functionRow(name, i + 1, 10 * MB)] : [];
    });
    let now = ran;
    for (let edits = below(8); edits > 0; edits--) now = edited(now, below);
    const document = await goldenDocument({
      ran: ran.join('\n'),
      now: now.join('\n'),
      answers: { functions: { functions } },
    });
    const texts = splitLines(document.text.text);
    const bodyOf = (all: string[], from: number) => {
      const end = all.findIndex((text, i) => i > from && /^\S/.test(text));
      return all
        .slice(from, end < 0 ? undefined : end)
        .filter((text) => text.trim())
        .join('\n');
    };
    for (const { range, command } of codeLenses(document)) {
      const name = /^def (\w+)/.exec(texts[range.start.line] ?? '')?.[1];
      if (!command?.title.includes('Flame graph')) continue;
      const from = ran.findIndex((text) => text.startsWith(`def ${name}(`));
      expect(bodyOf(texts, range.start.line), `seed ${seed}`).toBe(bodyOf(splitLines(ran.join('\n')), from));
    }
  }
});
