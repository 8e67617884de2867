/** What lines, lenses and hovers tell of two captures. */
import { expect, test } from 'vitest';
import { formatChange } from '../shared/units';
import { annotate } from './annotate';
import { codeLenses } from './codeLens';
import { hover } from './hover';
import { fileLine, functionRow, type Golden, MB } from './testing/goldenCapture';
import { dedent, goldenDocument } from './testing/goldenDocument';

const before = `
  def load():
      return [1]


  def gone():
      return [2]

  load()
`;
/** A line more above, what load returns is another, and gone is gone. */
const ran = `
  import csv

  def load():
      return [1, 2]


  load()
`;

const answers: Golden = {
  file_lines: { lines: [fileLine(4, 50 * MB), fileLine(7, 10 * MB)] },
  functions: { functions: [functionRow('load', 3, 50 * MB)] },
  base: {
    file_lines: { lines: [fileLine(2, 20 * MB), fileLine(6, 30 * MB), fileLine(8, 40 * MB)] },
    functions: { functions: [functionRow('load', 1, 20 * MB), functionRow('gone', 5, 30 * MB)] },
    source: { text: dedent(before), uncertain: false },
  },
};
const base = { path: '/captures/before.alloclens', title: '14:21' };
const document = (options: { now?: string; lineThreshold?: number } = {}) => {
  const { now, lineThreshold = 1 } = options;
  return goldenDocument({ ran, answers, shown: { base, lineThreshold }, ...(now !== undefined && { now }) });
};
const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ');

/** `4:+30.0 MB` a line, `~` before it when it is stale. */
async function changes(options?: Parameters<typeof document>[0]): Promise<string> {
  const { lines } = await annotate(await document(options));
  const text = (bytes: number) => plain(formatChange(bytes));
  return lines
    .map(({ line, bytes, base_bytes, stale }) => `${stale ? '~' : ''}${line}:${text(bytes - base_bytes!)}`)
    .join(' ');
}

test('lines tell how they changed, where they are now, and also when they were edited between the runs', async () => {
  expect(await changes()).toBe('4:+30.0 MB 7:−30.0 MB');
});

test('lines that are as they were have no figure', async () => {
  expect(await changes({ lineThreshold: 31 })).toBe('');
  const same: Golden = { ...answers, base: { ...answers, base: {} } };
  const unchanged = await goldenDocument({
    ran,
    answers: { ...same, base: { file_lines: answers.file_lines! } },
    shown: { base },
  });
  expect((await annotate(unchanged)).lines.filter(({ bytes, base_bytes }) => bytes === base_bytes)).toEqual([]);
});

test('lines that were edited since the shown run are stale', async () => {
  expect(await changes({ now: dedent(ran).replace('[1, 2]', '[1, 2, 3]') })).toBe('~4:+30.0 MB 7:−30.0 MB');
});

test('lenses tell how functions changed, found again by their names', async () => {
  const titles = codeLenses(await document()).map(({ command }) => plain(command?.title));
  expect(titles).toEqual(['▲ 50.0 MB peak · +30.0 MB since 14:21', 'Flame graph']);
});

test('hovers tell how each measure changed', async () => {
  const golden = {
    ...answers,
    line_detail: {
      line: 4,
      figures: { own: f(50), yours: f(50), with_callees: f(50) },
      allocated_in: [],
      called_from: [],
    },
  };
  const shown = await goldenDocument({ ran, answers: golden, shown: { base } });
  const answer = await hover(shown, { line: 3, character: '    return [1, 2]'.length });
  const { value } = (answer ?? { contents: { value: '' } }).contents as { value: string };
  expect(plain(value)).toContain(
    '$(git-compare) Since 14:21: peak **+30.0 MB** · unfreed +15.0 MB · total +60.0 MB · temporary ±0 B',
  );
});

function f(megabytes: number) {
  return fileLine(1, megabytes * MB).own;
}
