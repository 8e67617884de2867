import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace } from './harness/workspace';

/** Grows from so many megabytes by a tenth of one in each step. */
const program = (megabytes: number) => `import time

kept = [bytearray(${megabytes}_000_000)]
while True:
    kept.append(bytearray(100_000))
    time.sleep(0.1)
`;

describe('Two programs that run at once', () => {
  let editor: Editor;
  const row = (text: string | RegExp) => editor.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  const figures = async () => (await editor.drawnFigures()).map(({ line, figure }) => `${line} ${figure}`);
  const start = async (name: string) => {
    await editor.openFile(name);
    await editor.command('AllocLens: Profile Memory');
  };

  beforeAll(async () => {
    editor = await Editor.open(makeWorkspace({ 'twenty.py': program(20), 'forty.py': program(40) }));
    await start('twenty.py');
    await editor.statusItem(/Heap 2\d/).waitFor();
    await start('forty.py');
    await editor.statusItem(/Heap 4\d/).waitFor();
  });
  afterAll(() => editor?.close());

  test('are both listed as live; the one that was started last is shown', async () => {
    await editor.command('AllocLens: Focus on Captures View');
    await row(/2\d\.\d\sMB.*live/).waitFor();
    await row(/4\d\.\d\sMB.*live/).waitFor();
    await expect.poll(figures).toContainEqual(expect.stringMatching(/^3 40\.0\sMB/));
    await editor.openFile('twenty.py');
    await expect.poll(figures).toEqual([]);
    await keepScreenshot(editor, 'two-live-runs');
  });

  test('have a graph each, and the figures are of the one that is chosen', async () => {
    await editor.command('AllocLens: Open Flame Graph');
    await editor.webview().locator('#figures', { hasText: /^4\d/ }).waitFor();
    await row(/2\d\.\d\sMB.*live/).click();
    await editor.statusItem(/Heap 2\d/).waitFor();
    await expect.poll(figures).toContainEqual(expect.stringMatching(/^3 20\.0\sMB/));
    await editor.command('AllocLens: Open Flame Graph');
    await editor.webview().locator('#figures', { hasText: /^2\d/ }).waitFor();
    expect(await editor.page.locator('.tab', { hasText: ' · ' }).count()).toBe(2);
  });

  test('end one by one', async () => {
    await editor.webview().getByRole('button', { name: 'Stop' }).click();
    await editor.statusItem(/Peak 2\d/).waitFor();
    await row(/4\d\.\d\sMB.*live/).waitFor();
    await row(/2\d\.\d\sMB.*live/).waitFor({ state: 'detached' });
    await editor.page.locator('.tab', { hasText: 'forty.py ·' }).click();
    await editor.webview().getByRole('button', { name: 'Stop' }).click();
    await row(/live/).waitFor({ state: 'detached' });
  });

  nothingLeavesTheMachine();
});
