import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CaptureStore } from './captureStore';
import { FILE, figures, GoldenCapture, GoldenLibrary, MB, summary } from './testing/goldenCapture';

let folder: string;
let path: string;
let capture: GoldenCapture;
let library: GoldenLibrary;
let store: CaptureStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alloclens-'));
  path = join(folder, 'a.alloclens');
  writeFileSync(path, 'one');
  capture = new GoldenCapture({ hottest_line: { bytes: 30 * MB } });
  library = new GoldenLibrary({ [path]: capture });
  store = new CaptureStore(() => library);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a question that is asked again is not put to the core again', async () => {
  const opened = await store.open(path);
  await opened.ask({ query: 'file_lines', file: FILE });
  await opened.ask({ query: 'file_lines', file: FILE });
  await opened.ask({ query: 'file_lines', file: '/other.py' });
  expect(capture.asked).toHaveLength(2);
});

test('what was answered before is asked anew after more was read', async () => {
  const opened = await store.open(path);
  await opened.ask({ query: 'summary' });
  capture.appended = { summary: { ...summary, ...figures(200 * MB) } };
  await store.open(path);
  expect((await opened.ask({ query: 'summary' })).peak_bytes).toBe(200 * MB);
});

test('what a panel asks again is not put to the core again until more was read; what acts is', async () => {
  const opened = await store.open(path);
  const question = { query: 'summary' } as const;
  const before = await opened.queryText(question);
  expect(await opened.queryText(question)).toBe(before);
  expect(capture.asked).toHaveLength(1);
  capture.appended = { summary: { ...summary, ...figures(200 * MB) } };
  await store.open(path);
  expect(await opened.queryText(question)).not.toBe(before);
  const copies = { query: 'convert', to: '/b.alloclens' } as const;
  await opened.queryText(copies).catch(() => undefined);
  await opened.queryText(copies).catch(() => undefined);
  expect(capture.asked.filter(({ query }) => query === 'convert')).toHaveLength(2);
});

test('the hottest line is found once for what is shown', async () => {
  const opened = await store.open(path);
  const shown = { measure: 'peak', attribution: 'yours', scope: null, base: null } as const;
  expect(await opened.hottestBytes(shown)).toBe(30 * MB);
  expect(await opened.hottestBytes({ ...shown })).toBe(30 * MB);
  expect(capture.asked).toHaveLength(1);
  await opened.hottestBytes({ ...shown, measure: 'total' });
  expect(capture.asked).toHaveLength(2);
});

test('a file that took the place of another is opened anew', async () => {
  await store.open(path);
  // Written while the first file still exists, so it cannot be given the same inode.
  writeFileSync(join(folder, 'next'), 'two');
  renameSync(join(folder, 'next'), path);
  await store.open(path);
  expect(library.opened).toEqual([path, path]);
  expect(capture.closed).toBe(true);
});

test('a capture whose file was deleted stays readable', async () => {
  await store.open(path);
  rmSync(path);
  await store.open(path);
  expect(capture.closed).toBe(false);
});

test('a capture that is only summarized is let go again; one that grows stays until it is done', async () => {
  expect((await store.summarize(path, true)).run_id).toBe(summary.run_id);
  expect(capture.closed).toBe(false);
  await store.summarize(path, false);
  expect(capture.closed).toBe(true);
  expect(library.opened).toEqual([path]);
});

test('a summary lets no capture go that somebody opened before or meanwhile', async () => {
  await store.open(path);
  await store.summarize(path, false);
  await store.summarize(path, true);
  expect(capture.closed).toBe(false);
  store.close(path);
  await store.summarize(path, true);
  await store.open(path);
  capture.closed = false;
  await store.summarize(path, false);
  expect(capture.closed).toBe(false);
});

test('a capture that is summarized while it is being opened stays open', async () => {
  const opened = store.open(path);
  await Promise.all([opened, store.summarize(path, false)]);
  expect(store.get(path)).toBe(await opened);
});
