import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answers, Query } from '../../extension/shared/capture';
import type * as Addon from './index';

const root = resolve(import.meta.dirname, '../..');
const addon = createRequire(import.meta.url)(join(root, 'dist/alloclens.node')) as typeof Addon;
const fixture = (name: string) => join(root, 'test-fixtures/captures', `${name}.alloclens`);

async function ask<Q extends Query>(capture: Addon.NativeCapture, query: Q): Promise<Answers[Q['query']]> {
  return JSON.parse(await capture.query(JSON.stringify(query)));
}

describe('the native part', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'alloclens-addon-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has the version of the package', () => {
    expect(addon.version).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  });

  test('opens a capture and answers', async () => {
    const capture = await addon.open(fixture('small'));
    expect(await ask(capture, { query: 'summary' })).toMatchObject({
      peak_bytes: 157,
      peak_allocations: 3,
      unfreed_bytes: 107,
      total_allocations: 3,
      peak_time_s: 1,
      peak_rss_bytes: 2000 * 4096,
      duration_s: 2,
      exit_status: 0,
      complete: true,
      notes: [],
      damage: null,
    });
    const { lines } = await ask(capture, { query: 'file_lines', file: '/w/main.py' });
    expect(lines.map(({ line, own, yours }) => [line, own.peak_bytes, yours.peak_bytes])).toEqual([
      [3, 0, 0],
      [12, 100, 150],
    ]);
    expect(await ask(capture, { query: 'source', file: '/w/main.py' })).toEqual({
      text: 'import json\n\nload()\n',
      uncertain: false,
    });
    capture.close();
  });

  test('tells progress up to the whole file', async () => {
    const seen: Addon.Progress[] = [];
    const size = readFileSync(fixture('small')).length;
    const told = new Promise<void>((done) => {
      void addon.open(fixture('small'), {
        onProgress: (progress) => {
          seen.push(progress);
          if (progress.done === progress.total) done();
        },
      });
    });
    await told;
    expect(seen.at(-1)).toEqual({ done: size, total: size });
  });

  test('follows a capture that grows', async () => {
    const whole = readFileSync(fixture('small'));
    const path = join(folder, 'growing.alloclens');
    writeFileSync(path, whole.subarray(0, 64));
    const capture = await addon.open(path);
    expect(await capture.update()).toBe(false);
    writeFileSync(path, whole);
    expect(await capture.update()).toBe(true);
    expect((await ask(capture, { query: 'summary' })).complete).toBe(true);
    capture.close();
  });

  test('reads a capture that is cut short up to the last event', async () => {
    const capture = await addon.open(fixture('cut_short'));
    const summary = await ask(capture, { query: 'summary' });
    expect(summary).toMatchObject({ events: 4, complete: false, exit_status: null, damage: null });
    expect(summary.notes).toHaveLength(1);
    capture.close();
  });

  test('says where a capture is damaged and how much is missing', async () => {
    const capture = await addon.open(fixture('damaged'));
    const { damage, notes, events } = await ask(capture, { query: 'summary' });
    expect(events).toBe(3);
    expect(damage?.offset).toBeGreaterThan(64);
    expect(notes[0]).toContain('1 event is missing');
    capture.close();
  });

  test.each([
    ['not_found', () => join(folder, 'nothing.alloclens')],
    ['not_a_capture', () => join(root, 'package.json')],
    ['newer_format', () => fixture('newer')],
  ])('refuses with the code %s and a sentence', async (code, path) => {
    await expect(addon.open(path())).rejects.toMatchObject({ code, message: expect.stringMatching(/^[^\n]+\.$/) });
  });

  test('names the offset of a damage that leaves nothing', async () => {
    const path = join(folder, 'header.alloclens');
    writeFileSync(path, readFileSync(fixture('small')).subarray(0, 20));
    await expect(addon.open(path)).rejects.toMatchObject({ code: 'damaged', offset: 20 });
  });

  test('does not begin what was cancelled before', async () => {
    await expect(addon.open(fixture('small'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  test('cancels what waits, and works on', async () => {
    const path = join(folder, 'cancelled.alloclens');
    copyFileSync(fixture('small'), path);
    const capture = await addon.open(path);
    const controller = new AbortController();
    const first = capture.update();
    const second = capture.update({ signal: controller.signal });
    const third = ask(capture, { query: 'summary' });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    expect(await first).toBe(false);
    expect((await third).events).toBe(4);
    capture.close();
  });

  test('refuses a question that makes no sense, and questions to a closed capture', async () => {
    const capture = await addon.open(fixture('small'));
    await expect(capture.query('{"query":"everything"}')).rejects.toMatchObject({ code: 'bad_query' });
    capture.close();
    await expect(capture.query('{"query":"summary"}')).rejects.toThrow('closed');
  });
});
