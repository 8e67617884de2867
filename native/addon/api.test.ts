import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type * as Api from './api';

const root = resolve(import.meta.dirname, '../..');
const { Capture } = createRequire(import.meta.url)(join(root, 'dist/api.cjs')) as typeof Api;
const small = join(root, 'test-fixtures/captures/small.alloclens');

test('the records of a capture add up to its summary, and name their frames innermost first', async () => {
  const capture = await Capture.open(small);
  const { peak_bytes, peak_allocations } = await capture.summary();
  const records: Api.CaptureRecord[] = [];
  for await (const record of capture.records()) records.push(record);
  expect(records.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(peak_bytes);
  expect(records.reduce((sum, { allocations }) => sum + allocations, 0)).toBe(peak_allocations);
  expect(records[0]).toMatchObject({ bytes: 100, stack: [{ function: 'load', line: 12 }, { line: 3 }] });
  capture.close();
});

test('lines and functions add up to the summary, and sources are those of the run', async () => {
  const capture = await Capture.open(small);
  const { peak_bytes } = await capture.summary();
  const lines = await capture.lines();
  expect(lines.reduce((sum, row) => sum + row.peak_bytes, 0)).toBe(peak_bytes);
  const functions = await capture.functions('total');
  expect(functions.find((row) => row.function === 'load')?.own.peak_bytes).toBe(100);
  const main = lines.find((row) => row.function === '<module>')?.file ?? '';
  expect(await capture.source(main)).toBe('import json\n\nload()\n');
  expect(await capture.source('/nowhere.py')).toBeNull();
  capture.close();
});

test('the snapshots of a capture go as high as its peak', async () => {
  const capture = await Capture.open(small);
  const heaps: number[] = [];
  for await (const { heap } of capture.snapshots(10)) heaps.push(heap);
  expect(Math.max(...heaps)).toBe((await capture.summary()).peak_bytes);
  capture.close();
});

test('the snapshots of a range lie inside it', async () => {
  const capture = await Capture.open(join(root, 'test-fixtures/captures/busy.alloclens'));
  const scope = { from_s: 0.5, to_s: 1.5 };
  const times: number[] = [];
  const heaps: number[] = [];
  for await (const { time_s, heap } of capture.snapshots(1000, scope)) {
    times.push(time_s);
    heaps.push(heap);
  }
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0.5);
  expect(Math.max(...times)).toBeLessThanOrEqual(1.5);
  expect(Math.max(...heaps)).toBe((await capture.query({ query: 'summary', scope })).peak_bytes);
  capture.close();
});

test('a range has its own figures, and a question that makes no sense is refused by code', async () => {
  const capture = await Capture.open(small);
  const { peak_bytes } = await capture.query({ query: 'summary', scope: { from_s: 0, to_s: 1000 } });
  expect(peak_bytes).toBe((await capture.summary()).peak_bytes);
  await expect(capture.query({ query: 'summary', scope: { from_s: 2, to_s: 1 } })).rejects.toMatchObject({
    code: 'bad_query',
  });
  capture.close();
});
