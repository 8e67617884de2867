import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace } from './harness/workspace';

const program = `import time


class Cache:
    def __init__(self):
        self.items = []

    def add(self, n):
        self.items.append([bytes(200) for _ in range(n)])


def main():
    cache = Cache()
    while True:
        cache.add(2000)
        time.sleep(0.05)


main()
`;
const hotLine = 9;

describe('A program that runs', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await Editor.open(makeWorkspace({ 'grows.py': program, 'other.py': program }));
    await editor.openFile('grows.py');
    await editor.command('AllocLens: Profile Memory');
  });
  afterAll(() => editor?.close());

  /** Of the figure at the line, as it is drawn now. */
  const figure = async () => (await editor.drawnFigures()).find(({ line }) => line === hotLine)?.figure ?? '';

  test('has figures on its lines that grow, the heap in the status bar, and what is there now in the lenses', async () => {
    await editor.statusItem(/Heap \d/).waitFor();
    await expect.poll(figure).toMatch(/MB/);
    const before = await figure();
    await expect.poll(figure, { timeout: 10_000 }).not.toBe(before);
    await editor.codeLens(/^● .* now · /).waitFor();
  });

  test('has a curve that grows in the panel; Mark begins a generation', async () => {
    await editor.command('AllocLens: Open Flame Graph');
    await editor.webview().locator('g.frame').first().waitFor();
    await editor.webview().getByRole('button', { name: 'Mark' }).click();
    await editor
      .webview()
      .locator('#range', { hasText: /^since / })
      .waitFor();
    await editor.statusItem(/Heap .* · since /).waitFor();
    await keepScreenshot(editor, 'live');
  });

  test('is told of at least once a second, lines and panel', async () => {
    const changes = async (look: () => Promise<string | null>) => {
      const times: number[] = [];
      let before = await look();
      const deadline = Date.now() + 30_000;
      while (times.length < 9 && Date.now() < deadline) {
        const now = await look();
        if (now !== before) times.push(performance.now());
        before = now;
      }
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? Number.NaN;
    };
    await editor.webview().locator('#range').click();
    const panel = await changes(() => editor.webview().locator('#figures').textContent());
    const lines = await changes(figure);
    console.log(
      `While a program runs, figures change every ${panel.toFixed(0)} ms in the panel, ${lines.toFixed(0)} ms on lines`,
    );
    expect(Math.max(panel, lines)).toBeLessThan(1000);
  });

  test('can be stopped, and is shown as it was then', async () => {
    // The keyboard is in the panel.
    await editor.page.locator('.editor-instance .view-line').first().click();
    await editor.page.keyboard.press('Shift+F5');
    await editor.consoleRow(/Stopped by you after/).waitFor();
    await editor
      .webview()
      .locator('#notices', { hasText: /^Stopped by you after [\d.]+\ss\.$/ })
      .waitFor();
    await editor.statusItem(/Peak \d/).waitFor();
    await editor.webview().getByRole('button', { name: 'Mark' }).waitFor({ state: 'hidden' });
  });

  test('is suspected of a leak, which a sentence explains and a stack shows', async () => {
    await editor.webview().getByRole('radio', { name: 'Leaks' }).click();
    const suspected = editor.webview().locator('#unfreed section[aria-label="Suspected"]');
    await suspected
      .locator('.reason', { hasText: /^Grew in .* equal parts of the run, by .* a second, and/ })
      .first()
      .waitFor();
    const add = suspected.locator('li', { hasText: 'grows.py:9' }).first();
    await add.getByRole('button', { name: /^Stack of/ }).click();
    expect(await add.locator('.stack .name').allTextContents()).toEqual(expect.arrayContaining(['main', '<module>']));
    await keepScreenshot(editor, 'unfreed');
    await add.locator('.stack button', { hasText: 'main' }).click();
    await editor.waitForCursor(15);
    await editor.webview().getByRole('radio', { name: 'Functions' }).click();
    // The keyboard is in the panel.
    await editor.page.locator('.editor-instance .view-line').first().click();
  });

  test('says in lenses of classes what all code inside them allocated', async () => {
    await editor.goToLine(4);
    await editor.codeLens(/^▲ .* peak · (9\d|100)\u00a0% · /).waitFor();
    const lenses = await editor.page.locator('.codelens-decoration:visible', { hasText: 'peak' }).count();
    expect(lenses).toBeGreaterThanOrEqual(3);
  });

  test('has the expression underlined that allocated, and the hover names it', async () => {
    const underlined = () =>
      editor.page.evaluate(() =>
        [...document.querySelectorAll('.editor-instance .view-overlays .cdr')]
          .filter((element) => getComputedStyle(element).borderBottomStyle === 'dotted')
          .map((element) => element.getBoundingClientRect().width),
      );
    await expect.poll(underlined).toHaveLength(1);
    await editor.goToLine(hotLine);
    await editor.page.keyboard.press('End');
    await editor.command('Show or Focus Hover');
    const hover = editor.page.locator('.monaco-hover:visible', { hasText: 'Asked for by' }).first();
    await hover.waitFor();
    expect(await hover.textContent()).toContain('bytes(200)');
    await editor.page.keyboard.press('Escape');
  });

  test('counts on the lines that the user chooses; lenses stay', async () => {
    await editor.page.locator('.statusbar-item a[aria-label*="Choose Measure"]').click();
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'With Callees' }).first().click();
    await expect.poll(async () => (await editor.figures()).map(({ line }) => line)).toEqual([9, 15, 19]);
    await editor.statusItem('With Callees').waitFor();
  });

  test('has its figures as text, too', async () => {
    await editor.command('AllocLens: Show Figures as Text');
    await editor.page.locator('.view-line', { hasText: /^grows\.py,\scapture\sof/ }).waitFor();
    await editor.page.keyboard.press('Control+W');
  });

  test('has no figures in a file where they were switched off, until they are switched on', async () => {
    await editor.openFile('grows.py');
    await editor.command('AllocLens: Toggle Figures in This File');
    await expect.poll(() => editor.drawnFigures()).toEqual([]);
    await editor.command('AllocLens: Toggle Figures in This File');
    expect((await editor.figures()).length).toBeGreaterThan(0);
  });

  test('is told about by its old figures, in grey, where it was edited since', async () => {
    await editor.goToLine(hotLine);
    await editor.page.keyboard.press('End');
    await editor.page.keyboard.type('#');
    await expect.poll(figure).toMatch(/^~/);
    await editor.page.keyboard.press('Control+Z');
    await expect.poll(figure).toMatch(/^[^~]/);
  });
});

describe('The panel', () => {
  let editor: Editor;
  const panel = () => editor.webview();
  const rows = () => panel().locator('#table tbody tr:not(.spacer)');

  beforeAll(async () => {
    const folder = makeWorkspace();
    editor = await Editor.open(folder);
    await editor.openFile(path.join('pipeline.py'));
    await editor.command('AllocLens: Profile Memory');
    await editor.statusItem(/Peak \d/).waitFor();
    await editor.command('AllocLens: Open Flame Graph');
    await panel().locator('g.frame').first().waitFor();
  });
  afterAll(() => editor?.close());

  test('takes a range of the timeline by keys, for lines and status too, and lets go of it', async () => {
    await panel().locator('#plot').focus();
    await editor.page.keyboard.press('ArrowRight');
    await panel().locator('#range', { hasText: /–/ }).waitFor();
    await editor.statusItem(/ · .*–/).waitFor();
    await editor.page.keyboard.press('Escape');
    await panel().locator('#range').waitFor({ state: 'hidden' });
  });

  test('filters graph and table by one language', async () => {
    await rows().first().waitFor();
    await panel().locator('#search').fill('@file:*/pipeline.py @bytes>10MB');
    await expect.poll(() => rows().locator('.place').allTextContents()).not.toContain('csv.py:107');
    expect(await rows().locator('.name').allTextContents()).toContain('load_all_rows');
    await panel().locator('#search').fill('@size>1');
    await panel().locator('#hits', { hasText: 'There is no field @size' }).waitFor();
    await panel().locator('#search').fill('');
  });

  test('shows lines in its table; a row selects its frame and reveals the line', async () => {
    await panel().getByRole('radio', { name: 'Lines' }).click();
    const row = rows().filter({ hasText: 'spend' }).first();
    await row.click();
    await panel().locator('#detail b', { hasText: 'spend' }).waitFor();
    await editor.waitForCursor(34);
  });

  test('selects what is selected in the editor', async () => {
    await editor.page.locator('.editor-instance .view-line', { hasText: 'for row in csv.DictReader' }).first().click();
    await panel()
      .locator('#detail b', { hasText: /load_all_rows|stream_totals/ })
      .waitFor();
  });

  test('has a way back at each frame above what is zoomed to', async () => {
    await panel().locator('g.frame[aria-label^="load_all_rows"]').first().click();
    await panel().getByRole('button', { name: 'main' }).click();
    await panel().locator('#crumbs b', { hasText: 'main' }).waitFor();
    await panel().getByRole('button', { name: 'All memory' }).click();
    await panel().locator('#crumbs').waitFor({ state: 'hidden' });
  });

  test('is coloured by own bytes when asked to', async () => {
    await panel().getByRole('button', { name: 'More' }).click();
    await panel().getByRole('menuitemcheckbox', { name: 'Colour by Own Bytes' }).click();
    await expect
      .poll(() =>
        panel()
          .locator('g.frame rect')
          .evaluateAll((all) => all.map((rect) => rect.getAttribute('fill')).join()),
      )
      .toMatch(/alloclens-heat4/);
  });

  test('copies what it shows as text', async () => {
    await panel().getByRole('button', { name: 'More' }).click();
    await panel().getByRole('menuitem', { name: 'Copy as Text' }).click();
    await panel().locator('#detail', { hasText: 'Copied.' }).waitFor();
  });

  nothingLeavesTheMachine();
});
