/** The HTML page of `alloclens flamegraph`, opened from the disk in a browser as its reader does. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launcher, python } from '../../scripts/lib/paths.mjs';

const program = `import json, threading, time

TEXT = "[" + ", ".join(['{"values": [1, 2, 3, 4, 5, 6, 7]}'] * 5_000) + "]"


def load():
    return json.loads(TEXT)


def early():
    return bytearray(8_000_000)


def work():
    kept.append(bytearray(2_000_000))


kept = [load()]
passing = early()
time.sleep(0.4)
del passing
time.sleep(0.4)
worker = threading.Thread(target=work, name="worker")
worker.start()
worker.join()
time.sleep(0.4)
`;

describe('The page', () => {
  let context: BrowserContext;
  let page: Page;
  let url: string;
  const requests: string[] = [];
  const refusals: string[] = [];
  const frame = (name: string) => page.locator(`g.frame[aria-label^="${name} "]`).first();
  const root = () => frame('All memory').getAttribute('aria-label');
  const row = (name: string) => page.locator('#table tbody tr', { hasText: name }).first();

  beforeAll(async () => {
    const folder = mkdtempSync(path.join(inject('scratch'), 'page-'));
    writeFileSync(path.join(folder, 'reads.py'), program);
    const run = (...words: string[]) => execFileSync(python, [launcher, ...words], { cwd: folder, stdio: 'pipe' });
    run('run', '-qo', 'reads.alloclens', 'reads.py');
    run('flamegraph', '-o', 'reads.html', 'reads.alloclens');
    url = pathToFileURL(path.join(folder, 'reads.html')).href;
    const browser = await chromium.connect(inject('browserEndpoint'));
    context = await browser.newContext({ viewport: { width: 1200, height: 900 }, acceptDownloads: true });
    context.on('request', (request) => requests.push(request.url()));
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') refusals.push(message.text());
    });
    page.on('pageerror', (error) => refusals.push(error.message));
    await page.goto(url);
    await frame('load').waitFor();
  });
  afterAll(() => context?.close());

  test('shows figures, timeline, graph and table', async () => {
    await expect.poll(() => page.locator('#figures').textContent()).toMatch(/MB peak heap at/);
    expect(await page.locator('#plot canvas').count()).toBe(1);
    expect(await root()).toMatch(/^All memory .*MB, 100\s%$/);
    await row('early').waitFor();
  });

  test('zooms by a click, and Back and Forward lead through what was looked at', async () => {
    await frame('load').click();
    await expect.poll(() => page.locator('#reset').isEnabled()).toBe(true);
    await page.goBack();
    await expect.poll(() => page.locator('#reset').isEnabled()).toBe(false);
    await page.goForward();
    await expect.poll(() => page.locator('#reset').isEnabled()).toBe(true);
  });

  test('its address leads another window to the same place', async () => {
    const other = await context.newPage();
    await other.goto(page.url());
    await other.locator('g.frame[aria-label^="load "]').waitFor();
    await expect.poll(() => other.locator('#reset').isEnabled()).toBe(true);
    await other.close();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#reset').isEnabled()).toBe(false);
  });

  test('finds what is typed, and marks it in the table', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('decoder');
    await expect.poll(() => page.locator('#hits').textContent()).toMatch(/^\d+ frames? · .*\sMB/);
    await page.locator('#search').press('Escape');
    await expect.poll(() => page.locator('#hits').textContent()).toBe('');
  });

  test('is walked through by keys', async () => {
    await frame('load').focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.locator('#detail').textContent()).toContain('<module>');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#reset').isEnabled()).toBe(true);
    await page.keyboard.press('Backspace');
    await expect.poll(() => page.locator('#reset').isEnabled()).toBe(false);
  });

  test('shows another measure, and the graph from the bottom up', async () => {
    const peak = await root();
    await page.getByRole('radio', { name: 'Unfreed' }).click();
    await expect.poll(root).not.toBe(peak);
    expect(await frame('early').count()).toBe(0);
    await page.getByRole('radio', { name: 'Peak' }).click();
    await page.getByRole('radio', { name: 'Bottom-up' }).click();
    await frame('JSONDecoder.raw_decode').waitFor();
    await expect.poll(root).toBe(peak);
    await page.getByRole('radio', { name: 'Top-down' }).click();
    await frame('load').waitFor();
  });

  test('hides imports and frames that merely pass through', async () => {
    await frame('load').waitFor();
    await page.getByLabel('Only allocations').check();
    await expect.poll(() => frame('load').count()).toBe(0);
    await frame('early').waitFor();
    await page.getByLabel('Only allocations').uncheck();
    await frame('load').waitFor();
    const whole = await root();
    await page.getByLabel('Hide imports').check();
    await expect.poll(root).not.toBe(whole);
    await page.getByLabel('Hide imports').uncheck();
    await expect.poll(root).toBe(whole);
  });

  test('shows threads apart, and tells the bytes of each in a table', async () => {
    // The worker's bytes came after the peak.
    await page.getByRole('radio', { name: 'Unfreed' }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Split by Thread' }).click();
    await frame('worker').waitFor();
    await frame('MainThread').waitFor();
    expect(await frame('worker').getAttribute('aria-label')).toMatch(/^worker .*2\.0\sMB/);
    await page.getByRole('radio', { name: 'Threads' }).click();
    await expect.poll(() => row('worker').textContent()).toMatch(/2\.0\sMB/);
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Split by Thread' }).click();
    await expect.poll(() => frame('MainThread').count()).toBe(0);
    await page.getByRole('radio', { name: 'Functions' }).click();
    await page.getByRole('radio', { name: 'Peak' }).click();
    await row('early').waitFor();
  });

  test('the table says as a grid what the graph shows, and is sorted and walked by keys', async () => {
    const grid = page.getByRole('grid', { name: 'All functions' });
    const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
    expect(rows).toBeGreaterThan(3);
    const first = grid.locator('tbody tr[aria-rowindex="2"]');
    await first.focus();
    await page.keyboard.press('ArrowDown');
    const second = grid.locator('tbody tr[aria-rowindex="3"]');
    await expect.poll(() => second.getAttribute('aria-selected')).toBe('true');
    expect(await second.evaluate((tr) => tr === document.activeElement)).toBe(true);
    await page.keyboard.press('End');
    await expect
      .poll(() => grid.locator(`tbody tr[aria-rowindex="${rows + 1}"]`).getAttribute('aria-selected'))
      .toBe('true');
    await page.keyboard.press('Home');

    const own = grid.getByRole('columnheader', { name: 'Own' });
    const sorted = await own.getAttribute('aria-sort');
    expect(sorted).toBe('descending');
    // What is selected stays so, and in sight, wherever it comes to stand.
    const selected = () => grid.locator('tbody tr[aria-selected="true"]').getAttribute('aria-rowindex');
    expect(await selected()).toBe('2');
    await own.getByRole('button').press('Enter');
    await expect.poll(() => own.getAttribute('aria-sort')).toBe('ascending');
    await expect.poll(selected).toBe(String(rows + 1));
    await own.getByRole('button').press('Enter');
    await expect.poll(selected).toBe('2');
    await page.keyboard.press('Escape');
  });

  test('a brush over the timeline shows that range, and the whole run comes back', async () => {
    const whole = await root();
    const plot = await page.locator('#plot .u-over').boundingBox();
    if (!plot) throw new Error('The timeline has no place to drag over.');
    const y = plot.y + plot.height / 2;
    await page.mouse.move(plot.x + 0.9 * plot.width, y);
    await page.mouse.down();
    await page.mouse.move(plot.x + 0.95 * plot.width, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(root).not.toBe(whole);
    expect(await frame('early').count()).toBe(0);
    await frame('work').waitFor();
    await page.locator('#range').click();
    await expect.poll(root).toBe(whole);
  });

  test('is light or dark as the reader likes', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await background();
    await page.getByRole('button', { name: 'Light or dark' }).click();
    expect(await background()).not.toBe(before);
  });

  test('hands out heap and RSS as CSV', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Heap and RSS as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('heap-and-rss.csv');
    const file = path.join(inject('scratch'), 'heap-and-rss.csv');
    await download.saveAs(file);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^time_s,heap_bytes,rss_bytes\n(\S+,\d+,\d*\n)+$/);
  });

  test('asks nobody for anything, and needs nothing that its policy forbids', () => {
    expect(requests.filter((request) => !request.startsWith('file:') && !request.startsWith('blob:'))).toEqual([]);
    expect(refusals).toEqual([]);
  });
});
