import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatBytes } from '../../extension/shared/units';
import { Editor } from './harness/editor';
import { peakOfFunction } from './harness/figures';
import { keepScreenshot } from './harness/screenshot';
import { linesOf, makeWorkspace, newestCapture } from './harness/workspace';

const callers = 60;
const callees = 90;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Every callee of every caller is a frame of its own: 5,400 and some frames. */
const program = [
  ...numbers(callees).map((i) => `def g${i}(n):\n    return bytearray(10_000 + 100 * n + ${i})`),
  ...numbers(callers).map(
    (i) =>
      `def f${i}():\n    return ${numbers(callees)
        .map((j) => `g${j}(${i})`)
        .join(', ')}`,
  ),
  'kept = []',
  `for f in ${numbers(callers)
    .map((i) => `f${i}`)
    .join(', ')}:`,
  '    kept.append(f())',
  '',
].join('\n');

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('The panel, for everybody', () => {
  let editor: Editor;
  let file: string;
  const panel = () => editor.webview();
  const frames = () => panel().locator('g.frame');
  const press = (key: string) => editor.page.keyboard.press(key);

  beforeAll(async () => {
    const folder = makeWorkspace({ 'wide.py': program });
    file = `${folder}/wide.py`;
    editor = await Editor.open(folder);
    await editor.openFile('wide.py');
    await editor.command('AllocLens: Profile Memory');
    await editor.statusItem(/Peak \d/).waitFor();
    await editor.command('AllocLens: Open Flame Graph');
    await frames().first().waitFor();
    await panel().locator('#progress').waitFor({ state: 'hidden' });
  });
  afterAll(() => editor?.close());

  /** The page inside the webview. */
  const content = async (): Promise<Frame> => {
    const handle = await panel().locator('body').elementHandle();
    return (await handle!.ownerFrame())!;
  };

  /** What axe finds that keeps somebody from using the page. */
  const serious = async () => {
    const page = await content();
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 200))
            .join(' | ')}`,
      );
  };

  test('a graph of more than 5,000 frames is reached, walked through, zoomed and searched by keys alone', async () => {
    const page = await content();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    const detail = () => panel().locator('#detail b').textContent();
    await press('Control+2');
    await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(true);
    for (let i = 0; i < 30 && !(await focused()).startsWith('All memory'); i++) await press('Tab');
    expect(await focused()).toMatch(/^All memory /);
    await press('ArrowDown');
    await press('ArrowDown');
    const first = await focused();
    await press('ArrowRight');
    const caller = /^f(\d+) /.exec(await focused());
    expect(caller).not.toBeNull();
    expect(await focused()).not.toBe(first);
    await press('Enter');
    await editor.waitForCursor(2 * callees + 2 * Number(caller![1]) + 2);
    await expect.poll(() => frames().count()).toBeGreaterThan(callees);
    await press('ArrowDown');
    expect(await focused()).toMatch(/^g\d+ /);
    await press('Backspace');
    expect(await focused()).toMatch(/^<module> /);
    await press('Home');
    expect(await focused()).toMatch(/^All memory /);
    await press('/');
    await editor.page.keyboard.type('g42');
    // Of all frames, although not all were sent.
    const bytes = peakOfFunction(linesOf(newestCapture()), file, 'g42');
    await panel()
      .locator('#hits', { hasText: `${callers} frames · ${formatBytes(bytes)}` })
      .waitFor();
    await press('Enter');
    await expect.poll(detail).toBe('g42');
    const zoomed = () => panel().locator('#crumbs').textContent();
    const before = await zoomed();
    await press('F3');
    await expect.poll(zoomed).not.toBe(before);
    await press('Escape');
    await expect.poll(() => panel().locator('#hits').textContent()).toBe('');
    await press('Escape');
    await expect.poll(() => panel().locator('#reset').isEnabled()).toBe(false);
  });

  test('rows of the table are walked through by keys', async () => {
    await panel().locator('#table tbody tr[tabindex="0"]').focus();
    await press('ArrowDown');
    await press('End');
    await press('Enter');
    const name = await panel().locator('#table tr:focus .name').textContent();
    await expect.poll(() => panel().locator('#detail b').textContent()).toBe(name);
  });

  test.each([
    ['Dark Modern', 'vs-dark', ['Functions', 'Leaks', 'Line']],
    ['Light Modern', 'vs', ['Leaks']],
    ['Dark High Contrast', 'hc-black', ['Functions']],
    ['Light High Contrast', 'hc-light', ['Functions']],
  ])('axe has nothing serious to say in %s', async (theme, body, kinds) => {
    await editor.theme(theme, body);
    for (const kind of kinds) {
      await panel().getByRole('radio', { name: kind, exact: true }).click();
      await panel().locator('#progress').waitFor({ state: 'hidden' });
      expect(await serious(), `${theme}, ${kind}`).toEqual([]);
    }
    await panel().getByRole('radio', { name: 'Functions' }).click();
    await keepScreenshot(editor, `panel-${body}`);
  });

  test('frames have a border in high contrast', async () => {
    await editor.theme('Dark High Contrast', 'hc-black');
    const stroke = () =>
      frames()
        .nth(1)
        .locator('rect')
        .evaluate((rect) => getComputedStyle(rect).stroke);
    await expect.poll(stroke).toBe('rgb(111, 195, 223)');
    await editor.theme('Dark Modern', 'vs-dark');
    await expect.poll(stroke).toBe('rgb(31, 31, 31)');
  });

  test('nothing glides for those who asked for less motion', async () => {
    await editor.page.emulateMedia({ reducedMotion: 'reduce' });
    const page = await content();
    expect(await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)).toBe(true);
    // Widths are final in the very frame in which they change.
    const widths = await page.evaluate(async () => {
      const frame = [...document.querySelectorAll<SVGGElement>('g.frame')].find(
        (each) => each.getAttribute('aria-level') === '3',
      )!;
      frame.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      const width = () => frame.querySelector('rect')!.getAttribute('width');
      const seen = [];
      for (let i = 0; i < 5; i++) {
        await new Promise(requestAnimationFrame);
        seen.push(width());
      }
      return seen;
    });
    expect(new Set(widths).size, widths.join()).toBe(1);
    await panel().locator('#reset').click();
    await editor.page.emulateMedia({ reducedMotion: null });
  });
});
