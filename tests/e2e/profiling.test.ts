import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { formatBytes, formatShare } from '../../extension/shared/units';
import { Editor } from './harness/editor';
import { expectedFigures, peakOfFunction } from './harness/figures';
import { nothingLeavesTheMachine } from './harness/network';
import { descendants, endProcess } from './harness/processes';
import { keepScreenshot } from './harness/screenshot';
import { linesOf, makeWorkspace, newestCapture, summaryOf } from './harness/workspace';

describe('Profile Memory on a script', () => {
  let editor: Editor;
  let script: string;

  beforeAll(async () => {
    const folder = makeWorkspace();
    script = path.join(folder, 'pipeline.py');
    editor = await Editor.open(folder);
    await editor.openFile('pipeline.py');
  });
  afterAll(() => editor?.close());

  test('puts figures on the lines while the program runs, by what is there now', async () => {
    await editor.command('AllocLens: Profile Memory');
    await editor.statusItem(/Heap \d/).waitFor();
    expect(await editor.whenFiguresAppear()).toBeGreaterThan(0);
  });

  test('puts its last figures on the lines soon after it has ended', async () => {
    await editor.statusItem(/Peak \d/).waitFor();
    const seen = Date.now();
    expect((await editor.figures()).length).toBeGreaterThan(0);
    const ended = summaryOf(newestCapture()).end_time_ms;
    console.log(`From the program's end to figures on screen: ${((seen - ended) / 1000).toFixed(2)} s`);
    expect(seen - ended).toBeLessThan(5000);
  });

  test('puts the right number on the right line', async () => {
    const capture = newestCapture();
    const expected = expectedFigures(linesOf(capture), summaryOf(capture), script);
    expect(expected.length).toBeGreaterThan(1);
    const seen = new Map<number, string>();
    for (const line of expected.map(({ line }) => line)) {
      await editor.goToLine(line);
      for (const drawn of await editor.figures()) seen.set(drawn.line, drawn.figure);
    }
    expect([...seen].map(([line, figure]) => ({ line, figure })).sort((a, b) => a.line - b.line)).toEqual(expected);
  });

  test('shows the peak in the status bar', async () => {
    const { peak_bytes } = summaryOf(newestCapture());
    await editor.statusItem(`Peak ${formatBytes(peak_bytes)}`).waitFor();
  });

  test('shows a function’s bytes in a lens above it', async () => {
    const capture = newestCapture();
    const bytes = peakOfFunction(linesOf(capture), script, 'load_all_rows');
    const share = formatShare(bytes / summaryOf(capture).peak_bytes);
    await editor.goToLine(28);
    await editor.codeLens(`▲ ${formatBytes(bytes)} peak · ${share} · `).waitFor();
    await editor.codeLens('Flame graph').waitFor();
  });

  test('tells more in a hover at the end of the line', async () => {
    const [last] = expectedFigures(linesOf(newestCapture()), summaryOf(newestCapture()), script).slice(-1);
    await editor.goToLine(last!.line);
    await editor.page.keyboard.press('End');
    await editor.command('Show or Focus Hover');
    const hover = editor.page.locator('.monaco-hover:visible', { hasText: 'at peak' }).first();
    await hover.waitFor();
    expect(await hover.textContent()).toContain(last!.figure);
    await editor.page.keyboard.press('Escape');
  });

  test('a click on a frame of the flame graph moves the cursor to its line', async () => {
    await editor.goToLine(1);
    await editor.command('AllocLens: Open Flame Graph');
    const frame = editor.webview().locator('g.frame[aria-label*="load_all_rows"]').first();
    await frame.waitFor();
    await frame.click();
    const line = linesOf(newestCapture())
      .filter((row) => row.file === script && row.function === 'load_all_rows')
      .sort((a, b) => b.with_callees.peak_bytes - a.with_callees.peak_bytes)[0]?.line;
    await editor.waitForCursor(line!);
  });

  test('code, figures and flame graph have room beside each other', async () => {
    await editor.page.setViewportSize({ width: 1680, height: 900 });
    await editor.page.keyboard.press('Control+B');
    await editor.page.keyboard.press('Control+J');
    await expect
      .poll(() => editor.page.locator('.part.sidebar, .part.panel').and(editor.page.locator(':visible')).count())
      .toBe(0);
    expect((await editor.figures()).length).toBeGreaterThan(0);
    await keepScreenshot(editor, 'editor');
  });

  test('a lens opens the flame graph under its function', async () => {
    await editor.openFile('pipeline.py');
    await editor.goToLine(40);
    await editor.codeLens('Flame graph').click();
    await editor.webview().locator('g.frame[aria-level="1"]', { hasNotText: 'All memory' }).first().waitFor();
  });

  test('the server is replaced when it was killed, says so, and the figures stay', async () => {
    await editor.openFile('pipeline.py');
    // Those of windows that were closed before may still be there.
    const newest = () =>
      descendants(inject('editorPid'))
        .filter(({ command }) => command.includes('dist/server.cjs'))
        .at(-1);
    const server = newest();
    expect(server).toBeDefined();
    endProcess(server!.pid);
    await editor.notification(/language server/i).waitFor();
    const figures = await editor.figures();
    expect(figures.length).toBeGreaterThan(0);
    expect(newest()?.pid).not.toBe(server!.pid);
  });

  test('Clear Figures takes them away, Show Figures brings them back', async () => {
    await editor.command('AllocLens: Clear Figures');
    await expect.poll(() => editor.drawnFigures()).toEqual([]);
    await editor.command('AllocLens: Show Figures');
    expect((await editor.figures()).length).toBeGreaterThan(0);
  });

  nothingLeavesTheMachine();
});
