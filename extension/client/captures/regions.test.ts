import { expect, test } from 'vitest';
import type { Figures, RegionRow } from '../../shared/capture';
import { regionChoices } from './regions';
import { shortLabel } from './shortLabel';

const row = (id: number, parent: number, name: string, bytes: number): RegionRow => {
  const figures = { peak_bytes: bytes } as Figures;
  return { id, parent, name, entered: 2, ...figures, with_nested: figures };
};

test('a region that several places enter is one choice, and counts once inside itself', () => {
  const rows = [row(1, 0, 'load', 30), row(2, 1, 'parse', 20), row(3, 2, 'load', 5), row(4, 0, 'parse', 100)];
  expect(regionChoices(rows, 'peak')).toEqual([
    { name: 'parse', bytes: 120, entered: 4 },
    { name: 'load', bytes: 30, entered: 4 },
  ]);
});

test('a name can be no icon, break no line and fill no bar', () => {
  expect(shortLabel('$(flame)\u202ex\n')).toBe('$\u2060(flame)\ufffdx\ufffd');
  expect(shortLabel('a'.repeat(1000))).toBe(`${'a'.repeat(60)}…`);
});
