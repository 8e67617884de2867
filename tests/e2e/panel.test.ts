import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { makeWorkspace } from './harness/workspace';

const program = `import json

TEXT = "[" + ", ".join(['{"values": [1, 2, 3, 4, 5, 6, 7]}'] * 20_000) + "]"


def load():
    return json.loads(TEXT)


def again(depth):
    return again(depth - 1) if depth else [bytearray(1000) for _ in range(1000)]


kept = [load(), again(400)]
`;
const lineOf = (text: string) => program.split('\n').findIndex((line) => line.includes(text)) + 1;

describe('The flame graph', () => {
  let editor: Editor;
  const refusals: string[] = [];
  const frame = (name: string) => editor.webview().locator(`g.frame[aria-label^="${name} "]`).first();
  const detail = () => editor.webview().locator('#detail');
  const isZoomed = () => editor.webview().locator('#reset').isEnabled();

  beforeAll(async () => {
    editor = await Editor.open(makeWorkspace({ 'reads.py': program }));
    editor.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) refusals.push(message.text());
    });
    await editor.openFile('reads.py');
    await editor.command('AllocLens: Profile Memory');
    await editor.figures();
    await editor.command('AllocLens: Open Flame Graph');
    await frame('load').waitFor();
  });
  afterAll(() => editor?.close());

  test('zooms to a clicked frame and shows its line; Reset zoom leads back', async () => {
    await frame('load').click();
    await editor.waitForCursor(lineOf('json.loads'));
    await expect.poll(() => detail().textContent()).toMatch(/^load reads\.py:\d+ · /);
    expect(await isZoomed()).toBe(true);
    await editor.webview().locator('#reset').click();
    expect(await isZoomed()).toBe(false);
  });

  test('with Ctrl held, shows the line alone, also in a file outside the folder', async () => {
    await frame('JSONDecoder.decode').click({ modifiers: ['Control'] });
    await editor.page.waitForSelector('.tab.active[data-resource-name="decoder.py"]');
    expect(await isZoomed()).toBe(false);
    await frame('load').click({ modifiers: ['Control'] });
    await editor.waitForCursor(lineOf('json.loads'));
  });

  test('is walked through by keys: arrows, Enter, Backspace', async () => {
    await frame('load').focus();
    await frame('load').press('ArrowUp');
    await expect.poll(() => detail().textContent()).toContain('<module>');
    await frame('<module>').press('Enter');
    await editor.waitForCursor(lineOf('kept ='));
    expect(await isZoomed()).toBe(true);
    await frame('<module>').press('Backspace');
    await expect.poll(isZoomed).toBe(false);
  });

  test('finds what was typed as it stands, and tells how much it is', async () => {
    const search = editor.webview().locator('#search');
    const hits = editor.webview().locator('#hits');
    await search.fill('DECODER');
    await expect.poll(() => hits.textContent()).toMatch(/^\d+ frames · .*\sMB · \d+\s%$/);
    await search.fill('(');
    await expect.poll(() => hits.textContent()).toBe('No frame matches "(".');
    await search.press('Escape');
    await expect.poll(() => hits.textContent()).toBe('');
  });

  test('goes by one measure with lenses and status bar', async () => {
    await editor.webview().getByRole('radio', { name: 'Total' }).click();
    await editor.statusItem('Total ').waitFor();
    await editor.codeLens(/^Σ .* total/).waitFor();
    await editor.webview().getByRole('radio', { name: 'Peak' }).click();
    await editor.statusItem('Peak ').waitFor();
    await editor.webview().locator('#progress').waitFor({ state: 'hidden' });
  });

  test('puts all calls of a recursive function under one root, and leads back', async () => {
    await frame('again').click();
    await editor.webview().getByRole('button', { name: 'Show all calls' }).click();
    const crumbs = editor.webview().locator('#crumbs');
    await expect.poll(() => crumbs.textContent()).toMatch(/^All memory › again .* all calls together$/);
    await crumbs.getByRole('button', { name: 'All memory' }).click();
    await frame('All memory').waitFor();
  });

  test('comes back as it was when the window is loaded again, and the figures with it', async () => {
    await frame('load').click();
    await editor.webview().locator('#search').fill('decoder');
    await expect.poll(() => editor.stores('"search":"decoder"'), { timeout: 90_000 }).toBe(true);
    await editor.page.reload();
    await frame('load').waitFor({ timeout: 60_000 });
    expect(await isZoomed()).toBe(true);
    expect(await editor.webview().locator('#search').inputValue()).toBe('decoder');
    expect((await editor.figures()).length).toBeGreaterThan(0);
  }, 180_000);

  test('comes back as it was after its tab was hidden', async () => {
    const upwards = editor.webview().getByRole('radio', { name: 'Bottom-up' });
    await upwards.click();
    // In the group that has the keyboard: over the graph.
    await editor.openFile('prices.py');
    await upwards.waitFor({ state: 'detached' });
    await editor.page.locator('.tab', { hasText: 'reads.py ·' }).click();
    await frame('load').waitFor();
    expect(await upwards.getAttribute('aria-checked')).toBe('true');
  });

  test('needs nothing that its policy forbids', () => {
    expect(refusals).toEqual([]);
  });
});
