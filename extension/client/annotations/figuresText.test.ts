import { expect, test } from 'vitest';
import type { Summary } from '../../shared/capture';
import { editsText } from './editsItem';
import { figuresText } from './figuresText';

const line = (number: number, bytes: number, share: number, stale = false) => ({
  line: number,
  recorded: number,
  bytes,
  allocations: number,
  share,
  stale,
});
const document = {
  uri: 'file:///a.py',
  file: '/a.py',
  version: 1,
  lines: [line(1, 2e6, 0.02), line(2, 5e7, 0.5, true)],
  hottest_bytes: 5e7,
  stale_lines: 1,
  changed_share: 0,
  uncertain: false,
};

test('figures as text are one sentence a line, hottest first', () => {
  const text = figuresText(document, {
    name: 'a.py',
    title: '14:32',
    totals: { peak_bytes: 1e8 } as Summary,
    measure: 'peak',
    units: 'si',
    lineAt: (number) => `    code ${number}`,
  });
  expect(text).toBe(
    [
      'a.py, capture of 14:32: 100.0 MB at peak. 2 lines, hottest first.',
      '',
      'Line 2: about 50.0 MB, 50 %, 2 allocations, edited since the capture: code 2',
      'Line 1: 2.0 MB, 2.0 %, 1 allocation: code 1',
      '',
    ].join('\n'),
  );
});

test('the language status counts lines that were edited, and is silent when there are none', () => {
  expect(editsText(document)).toBe('1 line with figures changed');
  expect(editsText({ ...document, stale_lines: 3 })).toBe('3 lines with figures changed');
  expect(editsText({ ...document, uncertain: true })).toBe('Figures may belong to other lines');
  expect(editsText({ ...document, stale_lines: 0 })).toBeNull();
});
