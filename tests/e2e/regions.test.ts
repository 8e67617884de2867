/** Parts of a program that it named itself, and all that is chosen, kept when the window is loaded again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LineRow } from '../../extension/shared/capture';
import { formatBytes } from '../../extension/shared/units';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { Editor } from './harness/editor';
import { expectedFigures } from './harness/figures';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { linesOf, makeWorkspace, newestCapture, summaryOf } from './harness/workspace';

const program = `import sys

sys.path.append(${JSON.stringify(inRoot('native/python'))})
import alloclens


def rows(n):
    return [bytes(1000) for _ in range(n)]


def index(names):
    with alloclens.region("sort"):
        by_name = sorted(rows(4_000))
    return by_name, rows(3_000)


with alloclens.region("load"):
    loaded = rows(20_000)
with alloclens.region("build the index"):
    indexed = index(loaded)
more = rows(10_000)
`;

describe('A program with regions', () => {
  let editor: Editor;
  let capture: string;
  let file: string;
  const panel = () => editor.webview();
  const region = 'build the index';
  const inRegion = () => linesOf(capture, '--region', region);
  const sum = (rows: LineRow[]) => rows.reduce((all, row) => all + row.peak_bytes, 0);
  const regionItem = () => editor.statusItem(/build the index/);
  const status = (figure: RegExp) => editor.statusItem(figure).waitFor();

  beforeAll(async () => {
    const folder = makeWorkspace({ 'regions.py': program, 'plain.py': 'kept = bytearray(2_000_000)\n' });
    file = `${folder}/regions.py`;
    editor = await Editor.open(folder);
    await editor.openFile('regions.py');
    await editor.command('AllocLens: Profile Memory');
    await status(/Peak \d/);
    capture = newestCapture();
  });
  afterAll(() => editor?.close());

  test('shows one of them on lines, in lenses and in the status bar', async () => {
    await editor.command('AllocLens: Choose Region');
    const chosen = editor.page.locator('.quick-input-list .monaco-list-row', { hasText: region });
    await chosen.waitFor();
    await keepScreenshot(editor, 'choose-region');
    await chosen.click();
    await regionItem().waitFor();
    const rows = inRegion();
    const total = sum(rows);
    await status(new RegExp(`Peak ${formatBytes(total)}`));
    const expected = expectedFigures(rows, { ...summaryOf(capture), peak_bytes: total }, file);
    expect(expected.length).toBeGreaterThan(0);
    await expect.poll(() => editor.drawnFigures()).toEqual(expected);
    const ofRows = rows
      .filter(({ function: name }) => name === 'rows')
      .reduce((all, row) => all + row.with_callees.peak_bytes, 0);
    await editor.codeLens(`▲ ${formatBytes(ofRows)} peak`).waitFor();
  });

  test('shows it in the panel: graph, table, and its heap below the whole', async () => {
    await editor.command('AllocLens: Open Flame Graph');
    await panel().locator('g.frame').first().waitFor();
    const total = formatBytes(sum(inRegion()));
    await panel().locator(`g.frame[aria-label*="${total}"]`).first().waitFor();
    await panel().locator(`.key.inside[title="Heap of ${region}"]`).waitFor();
    await panel().getByRole('radio', { name: 'Lines' }).click();
    const first = panel().locator('#table tbody tr:not(.spacer)').first();
    const [most] = inRegion().sort((a, b) => b.peak_bytes - a.peak_bytes);
    await first.filter({ hasText: formatBytes(most!.peak_bytes) }).waitFor();
    await keepScreenshot(editor, 'region-dark');
  });

  test('comes back with all that was chosen when the window is loaded again', async () => {
    // A file opens in the group that has the keyboard.
    await editor.page.locator('.editor-instance .view-line').first().click();
    await editor.openFile('plain.py');
    await editor.command('AllocLens: Toggle Figures in This File');
    await editor.openFile('regions.py');
    await editor.command('AllocLens: Choose Measure');
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'With Callees' }).click();
    await editor.statusItem('With Callees').waitFor();
    await panel().getByRole('radio', { name: 'Total' }).click();
    await status(/Total \d/);
    const figures = await editor.figures();
    for (const kept of [
      '"region":"build the index"',
      '"attribution":"with_callees"',
      '"hidden":["file:',
      '"measure":"total"',
      '"table":"lines"',
    ]) {
      await expect.poll(() => editor.stores(kept), { timeout: 90_000 }).toBe(true);
    }
    await editor.reload();
    await regionItem().waitFor();
    await status(/Total \d/);
    await editor.statusItem('With Callees').waitFor();
    await editor.page.locator('.editor-instance .view-line').first().click();
    await editor.openFile('regions.py');
    await expect.poll(() => editor.drawnFigures()).toEqual(figures);
    await panel().locator('.key.inside').waitFor();
    expect(await panel().getByRole('radio', { name: 'Lines' }).getAttribute('aria-checked')).toBe('true');
  });

  test('leads back to all memory by a click, in the status bar and in the panel', async () => {
    await editor.theme('Light Modern', 'vs');
    await keepScreenshot(editor, 'region-light');
    await regionItem().locator('a').click();
    await regionItem().waitFor({ state: 'detached' });
    await panel().locator('#region').waitFor({ state: 'hidden' });
    const { total_bytes } = summaryOf(capture);
    await status(new RegExp(`Total ${formatBytes(total_bytes)}`));
    await panel().getByRole('button', { name: 'Region…' }).click();
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'sort' }).click();
    await panel().locator('#region', { hasText: 'sort' }).click();
    await status(new RegExp(`Total ${formatBytes(total_bytes)}`));
  });

  test('is the only kind that is asked for one', async () => {
    await editor.page.locator('.editor-instance .view-line').first().click();
    await editor.openFile('plain.py');
    await editor.command('AllocLens: Profile Memory');
    await status(/Total 2\.\d/);
    await editor.command('AllocLens: Choose Region');
    await editor.notification('This program named no regions.').waitFor();
  });

  nothingLeavesTheMachine();
});
