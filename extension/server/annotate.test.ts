import { describe, expect, test } from 'vitest';
import type { Shown } from '../shared/protocol';
import { annotate } from './annotate';
import { fileLine, MB } from './testing/goldenCapture';
import { goldenDocument } from './testing/goldenDocument';

const ran = `
  import csv
  rows = list(csv.reader(open("a")))
  total = sum(rows)
  print(total)
`;

/** Of the golden total of 100 MB. */
const lines = [fileLine(2, 50 * MB), fileLine(3, 2 * MB)];

async function annotated(options: { now?: string; lines?: typeof lines; shown?: Partial<Shown> } = {}) {
  const { now, shown } = options;
  const answers = {
    file_lines: { lines: options.lines ?? lines },
    hottest_line: { bytes: 60 * MB },
  };
  return annotate(await goldenDocument({ ran, answers, ...(now !== undefined && { now }), ...(shown && { shown }) }));
}

/** `2:50MB` a line, `~` before it when it is stale. */
async function figuresOf(options?: Parameters<typeof annotated>[0]): Promise<string> {
  const document = await annotated(options);
  return document.lines.map(({ line, bytes, stale }) => `${stale ? '~' : ''}${line}:${bytes / MB}MB`).join(' ');
}

test('lines carry the bytes of the chosen measure', async () => {
  expect(await figuresOf()).toBe('2:50MB 3:2MB');
  expect(await figuresOf({ shown: { measure: 'unfreed' } })).toBe('2:25MB 3:1MB');
  expect(await figuresOf({ shown: { measure: 'total' } })).toBe('2:100MB 3:4MB');
});

test('shares are of the total of the measure', async () => {
  expect((await annotated({ shown: { measure: 'total' } })).lines.map(({ share }) => share)).toEqual([0.5, 0.02]);
});

test('the scale is the hottest line of the capture', async () => {
  expect((await annotated()).hottest_bytes).toBe(60 * MB);
});

describe('after an edit', () => {
  test('figures move with their lines', async () => {
    expect(await figuresOf({ now: `# new\n\n${ran.replaceAll('\n  ', '\n')}` })).toMatch(/^5:50MB 6:2MB$/);
  });

  test('changed lines are stale and counted', async () => {
    const now = ran.replace('sum(rows)', 'max(rows)');
    expect(await figuresOf({ now })).toBe('2:50MB ~3:2MB');
    expect((await annotated({ now })).stale_lines).toBe(1);
  });

  test('deleted lines take their figures with them', async () => {
    expect(await figuresOf({ now: ran.replace(/ {2}rows.*\n/, '') })).toBe('2:2MB');
  });
});

test('every line is in doubt when the text that ran is', async () => {
  const source = { text: 'a\nb\nc', uncertain: true };
  const document = await goldenDocument({ ran, now: 'a\nb\nc', answers: { file_lines: { lines }, source } });
  expect((await annotate(document)).lines.every(({ stale }) => stale)).toBe(true);
});

describe('not worth a figure is', () => {
  test('less than the threshold of the total', async () => {
    expect(await figuresOf({ shown: { lineThreshold: 3 } })).toBe('2:50MB');
  });

  test('less than 100 kB', async () => {
    const small = { lines: [fileLine(2, 99_999), fileLine(3, 100_000)] };
    expect(await figuresOf({ ...small, shown: { lineThreshold: 0.01 } })).toBe('3:0.1MB');
  });

  test('nothing but zero when the threshold is 0', async () => {
    const small = { lines: [fileLine(2, 10), fileLine(3, 0)] };
    expect(await figuresOf({ ...small, shown: { lineThreshold: 0 } })).toBe('2:0.00001MB');
  });
});

test('a file has at most 300 figures, the hottest', async () => {
  const many = Array.from({ length: 400 }, (_, i) => fileLine(i + 1, 1000 + i));
  const text = Array.from({ length: 400 }, (_, i) => `x${i}`).join('\n');
  const document = await annotate(
    await goldenDocument({ ran: text, answers: { file_lines: { lines: many } }, shown: { lineThreshold: 0 } }),
  );
  expect(document.lines.map(({ line }) => line)).toEqual(Array.from({ length: 300 }, (_, i) => i + 101));
});
