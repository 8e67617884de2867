import { expect, test } from 'vitest';
import { Command } from '../shared/contributions';
import type { Shown } from '../shared/protocol';
import { codeLenses } from './codeLens';
import { FILE, figures, functionRow, MB } from './testing/goldenCapture';
import { goldenDocument } from './testing/goldenDocument';

const ran = `
  @cache
  def load(
      path,
  ):
      rows = []
      return rows

  class Table:
      size = 1
  f = lambda: 1
`;

const functions = [
  functionRow('load', 1, 62 * MB, 4_500_000),
  // The class statement alone.
  functionRow('Table', 8, 0.1 * MB),
  functionRow('<module>', 1, 100 * MB),
  functionRow('load.<locals>.<listcomp>', 5, 30 * MB),
  functionRow('small', 9, 0.9 * MB),
];

/** Everything inside the class. */
const ranges = [{ first_line: 8, last_line: 9, with_callees: figures(4.7 * MB, 1) }];

/** One line a row of lenses: `2: first | second`. */
async function lensesOf({ now, shown }: { now?: string; shown?: Partial<Shown> } = {}): Promise<string[]> {
  const lenses = await allLenses({ ...(now !== undefined && { now }), ...(shown && { shown }) });
  const rows = new Map<number, string[]>();
  for (const { range, command } of lenses) {
    const line = range.start.line + 1;
    rows.set(line, [...(rows.get(line) ?? []), command?.title.replaceAll('\u00a0', ' ') ?? '']);
  }
  return [...rows].map(([line, titles]) => `${line}: ${titles.join(' | ')}`);
}

async function allLenses(options: { now?: string; shown?: Partial<Shown> }) {
  const answers = { functions: { functions }, line_ranges: { ranges } };
  return codeLenses(await goldenDocument({ ran, answers, ...options }));
}

test('functions and classes have their figures with callees, modules and comprehensions have none', async () => {
  expect(await lensesOf()).toEqual([
    '1: ▲ 62.0 MB peak · 62 % · 4.5M allocations | Flame graph',
    '8: ▲ 4.7 MB peak · 4.7 % · 1 allocation | Flame graph',
  ]);
});

test('the measure has its symbol', async () => {
  expect((await lensesOf({ shown: { measure: 'unfreed' } }))[0]).toMatch(/^1: ● 31.0 MB unfreed · 62 %/);
  expect((await lensesOf({ shown: { measure: 'total' } }))[0]).toMatch(/^1: Σ 124.0 MB total · 62 %/);
});

test('both parts open the flame graph at the function', async () => {
  const root = { file: FILE, function: 'load', first_line: 1 };
  for (const { command } of (await allLenses({})).slice(0, 2)) {
    expect(command).toMatchObject({ command: Command.OpenFlameGraph, arguments: [root] });
  }
});

test('a class leads to the graph of all its code', async () => {
  const [, , lens] = await allLenses({});
  const root = { file: FILE, function: 'Table', first_line: 8, last_line: 9 };
  expect(lens?.command).toMatchObject({ command: Command.OpenFlameGraph, arguments: [root] });
});

test('while the program runs, what is not freed is there now', async () => {
  expect((await lensesOf({ shown: { measure: 'unfreed', live: true } }))[0]).toMatch(/^1: ● 31.0 MB now · 62 %/);
});

test('lenses move with their functions', async () => {
  expect(
    (await lensesOf({ now: `import os\n${ran.replaceAll('\n  ', '\n')}` })).map((row) => row.split(':')[0]),
  ).toEqual(['3', '10']);
});

test('a function that was edited says so and offers to run again', async () => {
  const lenses = await lensesOf({ now: ran.replace('rows = []', 'rows = [1]') });
  expect(lenses[0]).toBe('1: ▲ ~62.0 MB peak · edited since the capture | Run Again');
  expect(lenses[1]).toMatch(/Flame graph$/);
});

test('a function to whose end a line was added was edited', async () => {
  const lenses = await lensesOf({ now: ran.replace('return rows', 'print(1)\n      return rows\n      print(2)') });
  expect(lenses[0]).toMatch(/Run Again$/);
  const atTheEnd = await lensesOf({ now: ran.replace('return rows', 'return rows\n      print(2)') });
  expect(atTheEnd[0]).toMatch(/Run Again$/);
});

test('a function whose first line was deleted has none', async () => {
  expect(await lensesOf({ now: 'f = lambda: 1\n' })).toEqual([]);
});

test('the setting switches them off', async () => {
  expect(await lensesOf({ shown: { codeLens: false } })).toEqual([]);
});

test('a threshold of 0 shows every function that allocated', async () => {
  expect(await lensesOf({ shown: { lineThreshold: 0 } })).toHaveLength(3);
});
