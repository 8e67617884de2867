import { describe, expect, test } from 'vitest';
import { hover } from './hover';
import type { Golden } from './testing/goldenCapture';
import { FILE, figures, fileLine, functionRow, MB } from './testing/goldenCapture';
import { dedent, type GoldenDocument, goldenDocument } from './testing/goldenDocument';

const ran = `
  def load():
      rows = read()
  load()
`;

const answers: Golden = {
  file_lines: { lines: [fileLine(2, 61 * MB)] },
  functions: { functions: [functionRow('load', 1, 61 * MB), functionRow('<module>', 1, 100 * MB)] },
  line_detail: {
    line: 2,
    figures: { own: figures(0), yours: figures(61 * MB), with_callees: figures(61 * MB) },
    allocated_in: [
      {
        file: '/usr/lib/python3/csv.py',
        line: 178,
        function: 'DictReader.__next__',
        origin: 'standard_library',
        bytes: 40 * MB,
        allocations: 3,
      },
      { file: null, line: null, function: 'reader', origin: 'native', bytes: 21 * MB, allocations: 2 },
    ],
    called_from: [
      { path: [{ file: FILE, line: 3, function: '<module>', origin: 'yours' }], bytes: 61 * MB, allocations: 5 },
    ],
  },
};

/** The Markdown of a hover; null when there is none. Links are cut down to their text. */
async function textAt(line: number, character: number, options: Partial<GoldenDocument> = {}): Promise<string | null> {
  const answer = await hover(await goldenDocument({ ran, answers, ...options }), { line: line - 1, character });
  const value = (answer?.contents as { value: string } | undefined)?.value;
  return value?.replaceAll('\u00a0', ' ').replaceAll(/\]\(command:[^)]*\)/g, ']') ?? null;
}

const END = '    rows = read()'.length;

describe('a hover answers', () => {
  test("at the line's end and at its last character, where the figure is", async () => {
    expect(await textAt(2, END)).not.toBeNull();
    expect(await textAt(2, END - 1)).not.toBeNull();
  });

  test('nowhere else on the line', async () => {
    expect(await textAt(2, END - 2)).toBeNull();
  });

  test('on no line without a figure', async () => {
    expect(await textAt(3, 'load()'.length)).toBeNull();
  });
});

test('it tells the figure, the other measures, where the bytes were asked for and who called', async () => {
  expect(await textAt(2, END)).toBe(
    [
      '$(flame) **61.0 MB** at peak · 61 % of 100.0 MB · 1k allocations',
      'Unfreed 30.5 MB (500) · Total 122.0 MB (2k) · Temporary 0 B (0)',
      '|  | **Allocated in** |  |\n|--:|:--|:--|\n' +
        '| 40.0 MB | [DictReader\\.\\_\\_next\\_\\_] | csv\\.py\\:178 |\n' +
        '| 21.0 MB | reader | (native) |',
      '|  | **Called from** |\n|--:|:--|\n| 61.0 MB | [\\<module\\>\\:3] |',
      '[$(flame) Show in Flame Graph] &nbsp; [$(list-tree) Show Line Details] &nbsp; [$(eye-closed) Hide Figures]',
    ].join('\n\n'),
  );
});

describe('its link opens the flame graph', () => {
  async function rootAt(line: number, code: string): Promise<unknown> {
    const own = { ...answers, file_lines: { lines: [fileLine(line, 61 * MB)] } };
    const end = { line: line - 1, character: dedent(code).split('\n')[line - 1]!.length };
    const { contents } = (await hover(await goldenDocument({ ran: code, answers: own }), end))!;
    const query = JSON.stringify(contents).match(/command:alloclens\.openFlameGraph(?:\?([^()]*))?\)/);
    return query?.[1] ? JSON.parse(decodeURIComponent(query[1])) : [];
  }

  test('at the function around the line', async () => {
    expect(await rootAt(2, ran)).toEqual([{ file: FILE, function: 'load', first_line: 1 }]);
  });

  test('as a whole for a line of the module, also one that is indented', async () => {
    const module = `
      def load():
          rows = read()
      if True:
          load()
    `;
    expect(await rootAt(3, ran)).toEqual([]);
    expect(await rootAt(4, module)).toEqual([]);
  });
});

test('a line that was edited says that the figures are of the old text', async () => {
  const now = ran.replace('read()', 'scan()');
  expect(await textAt(2, END, { now })).toContain('Edited since the capture of 14:32; figures are for the old text.');
});

test('a file whose text may not be the one that ran is not vouched for', async () => {
  const uncertain = { source: { text: 'def load():\n    rows = read()\nload()', uncertain: true } };
  expect(await textAt(2, END, { answers: { ...answers, ...uncertain } })).toContain(
    'figures may belong to other lines',
  );
});
