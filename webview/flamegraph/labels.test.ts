import { expect, test } from 'vitest';
import { frameNamed, frames } from '../testing/tree';
import { detailOf, labelOf, spokenLabelOf, tooltipOf } from './labels';

const root = frames(`
  All memory 328100000
    load_all_rows 203400000 /app/pipeline.py:26
      other 3000 +1200`);
const load = frameNamed(root, 'load_all_rows');
const scale = { total: root.bytes, units: 'si' as const };
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test.each([
  [109, false, 'load_all_rows'],
  [110, false, 'load_all_rows 203.4 MB'],
  [300, true, 'load_all_rows 203.4 MB ⋯'],
])('a frame %s pixels wide, with more below than is drawn: %s, says "%s"', (width, cut, label) => {
  expect(plain(labelOf(load, width, 'si', cut))).toBe(label);
});

test('binary units are used everywhere once chosen', () => {
  expect(plain(labelOf(load, 200, 'iec'))).toBe('load_all_rows 194.0 MiB');
});

test('the tooltip has figures and place', () => {
  expect(plain(tooltipOf(load, scale))).toBe('load_all_rows — 203.4 MB, 62 %\npipeline.py:26');
});

test('a screen reader hears name, place, bytes and share', () => {
  expect(plain(spokenLabelOf(load, scale))).toBe('load_all_rows 203.4 MB, 62 %, pipeline.py line 26');
});

test('what was folded tells how much it is', () => {
  expect(plain(labelOf(frameNamed(root, 'other'), 200, 'si'))).toBe('1.2k smaller frames 3.0 kB');
});

test('the detail line says of what the share is', () => {
  const { name, rest } = detailOf(load, scale, { measure: 'the peak', inverted: false });
  expect(name).toBe('load_all_rows');
  expect(plain(rest)).toBe('pipeline.py:26 · 203.4 MB · 62 % of the peak · own 0 B · 20.3M allocations');
});

test('from the bottom up a frame has no own bytes to tell', () => {
  expect(detailOf(load, scale, { measure: 'the peak', inverted: true }).rest).not.toContain('own');
});

test('compared with another capture, the tooltip tells what a frame had there', () => {
  expect(plain(tooltipOf({ ...load, base: 3_400_000 }, scale))).toContain('62 %, +200.0 MB from 3.4 MB');
  expect(plain(tooltipOf({ ...load, base: 303_400_000 }, scale))).toContain('−100.0 MB from 303.4 MB');
});
