/** The parts of the panel beside its graph: tables of all kinds, threads, one line, and what is taken elsewhere. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../extension/shared/capture';
import { formatBytes } from '../../extension/shared/units';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace, newestCapture, summaryOf } from './harness/workspace';

const program = `import json
import threading


def load():
    return json.loads("[" + ", ".join(["1.5"] * 100_000) + "]")


def work():
    held.append(bytearray(3_000_000))


held = []
workers = [threading.Thread(target=work) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
kept = load()
`;
const lineOf = (text: string) => program.split('\n').findIndex((line) => line.includes(text)) + 1;

describe('The parts of the panel', () => {
  let editor: Editor;
  let folder: string;
  let summary: Summary;
  const panel = () => editor.webview();
  const frames = (name: string) => panel().locator(`g.frame[aria-label^="${name} "]`);
  const rows = () => panel().locator('#table tbody tr:not(.spacer)');
  const detail = () => panel().locator('#detail');
  const clipboard = () => editor.page.evaluate(() => navigator.clipboard.readText());
  const choose = async (entry: string) => {
    await panel().getByRole('button', { name: 'More' }).click();
    await panel().locator('[role^=menuitem]', { hasText: entry }).click();
  };

  beforeAll(async () => {
    folder = makeWorkspace({ 'parts.py': program });
    editor = await Editor.open(folder);
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await editor.openFile('parts.py');
    await editor.command('AllocLens: Profile Memory');
    await editor.statusItem(/Peak \d/).waitFor();
    summary = summaryOf(newestCapture());
    await editor.command('AllocLens: Open Flame Graph');
    await frames('work').first().waitFor();
  });
  afterAll(() => editor?.close());

  test.each([
    ['Lines', /^work parts\.py:106\.0\sMB55\s%/],
    ['Modules', /^parts 10\.\d\sMB100\s%/],
    ['Threads', /3\.0\sMB2\d\s%/],
    ['Allocators', /^\w+alloc 6\.\d\sMB5\d\s%/],
    ['Sizes', /^2\.1\sMB – 4\.2\sMB 6\.0\sMB55\s%2$/],
    ['Functions', /^work parts\.py:96\.0\sMB55\s%6\.0\sMB$/],
  ])('%s are a table of what was there at the peak', async (kind, text) => {
    await panel().getByRole('radio', { name: kind, exact: true }).click();
    await rows().filter({ hasText: text }).first().waitFor();
    if (kind === 'Threads') expect(await rows().filter({ hasText: text }).count()).toBe(2);
  });

  test('threads are split when asked to, and merged again', async () => {
    const merged = await frames('work').count();
    expect(merged).toBe(1);
    await choose('Split by Thread');
    await expect.poll(() => frames('work').count()).toBe(2);
    for (const each of await frames('work').all()) {
      expect(await each.getAttribute('aria-label')).toMatch(/3\.0\sMB/);
    }
    await choose('Split by Thread');
    await expect.poll(() => frames('work').count()).toBe(1);
    expect(await frames('work').getAttribute('aria-label')).toMatch(/6\.0\sMB/);
  });

  test('a click with Alt held opens the line beside what is open', async () => {
    const groups = () => editor.page.locator('.editor-group-container:not(.empty)').count();
    expect(await groups()).toBe(2);
    await frames('load')
      .first()
      .click({ modifiers: ['Alt'] });
    await expect.poll(groups).toBe(3);
    await editor.waitForCursor(lineOf('json.loads'));
    expect(await panel().locator('#reset').isEnabled()).toBe(false);
    expect(await editor.page.locator('.tab[data-resource-name="parts.py"]').count()).toBe(2);
    await editor.page.locator('.tab[data-resource-name="parts.py"]').last().click({ button: 'middle' });
    await expect.poll(groups).toBe(2);
  });

  test('its graph is copied as text, and as stacks for other tools', async () => {
    await choose('Copy as Text');
    await detail().filter({ hasText: 'Copied.' }).waitFor();
    const text = await clipboard();
    expect(text).toContain(formatBytes(summary.peak_bytes).replace('\u00a0', ' '));
    expect(text).toMatch(/\n\s+.*6\.0\sMB.*\bwork\b/);
    await choose('Copy as Collapsed Stacks');
    await expect.poll(clipboard).toMatch(/;work \(parts\.py:\d+\) 60\d{5}\n/);
    const sum = (await clipboard())
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    expect(sum).toBe(summary.peak_bytes);
  });

  test.each([
    ['Save as SVG…', 'svg'],
    ['Save as PNG…', 'png'],
    ['Save for Speedscope…', 'speedscope.json'],
  ])('%s writes a file', async (entry, extension) => {
    await choose(entry);
    const input = editor.page.locator('.quick-input-widget input.input').first();
    // It has the folder first, and then the name.
    await expect.poll(() => input.inputValue()).toMatch(new RegExp(`parts\\.py[-\\d]*\\.${extension}$`));
    const file = await input.inputValue();
    expect(path.dirname(file)).toBe(folder);
    await editor.accept();
    await detail()
      .filter({ hasText: `Saved as ${file}.` })
      .waitFor();
    const bytes = readFileSync(file);
    if (extension === 'svg') {
      expect(bytes.toString()).toMatch(/^<svg [\s\S]*>work 6\.0\sMB<[\s\S]*<\/svg>\s*$/);
    } else if (extension === 'png') {
      expect(bytes.subarray(1, 4).toString()).toBe('PNG');
      expect(bytes.readUInt32BE(16)).toBeGreaterThan(200);
    } else {
      const { profiles } = JSON.parse(bytes.toString()) as { profiles: { weights: number[]; unit: string }[] };
      expect(profiles[0]!.unit).toBe('bytes');
      expect(profiles[0]!.weights.reduce((sum, each) => sum + each, 0)).toBe(summary.peak_bytes);
    }
  });

  test('a link leads to the capture as it was looked at', async () => {
    await panel().getByRole('radio', { name: 'Bottom-up' }).click();
    await panel().locator('#search').fill('decoder');
    await choose('Copy Link');
    await detail().filter({ hasText: 'The link is copied.' }).waitFor();
    const link = await clipboard();
    expect(link).toContain('://alloclens.alloclens/open?capture=');
    await panel().getByRole('radio', { name: 'Top-down' }).click();
    await panel().locator('#search').fill('');
    await editor.command('Developer: Open URL');
    await editor.answer(link);
    await editor.dialog('AllocLens').locator('.monaco-button', { hasText: 'Open' }).click();
    await expect.poll(() => panel().locator('#search').inputValue()).toBe('decoder');
    expect(await panel().getByRole('radio', { name: 'Bottom-up' }).getAttribute('aria-checked')).toBe('true');
    await panel().getByRole('radio', { name: 'Top-down' }).click();
    await panel().locator('#search').fill('');
  });

  test('Show Line Details tells all about the line of the caret', async () => {
    await editor.page.locator('.editor-instance .view-line').first().click();
    await editor.goToLine(lineOf('held.append'));
    await editor.command('AllocLens: Show Line Details');
    const line = panel().locator('#line');
    await line.locator('h2', { hasText: `parts.py:${lineOf('held.append')}` }).waitFor();
    await line.locator('.curve canvas').waitFor();
    expect(await line.textContent()).toMatch(/6\.0\sMB/);
    await editor.page.setViewportSize({ width: 1680, height: 1100 });
    await editor.page.keyboard.press('Control+J');
    await editor.page.locator('.part.panel').waitFor({ state: 'hidden' });
    await keepScreenshot(editor, 'line-details');
  });

  nothingLeavesTheMachine();
});
