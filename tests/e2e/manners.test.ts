/** How the extension behaves when nobody asked for it, and what it shows those who are new to it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { activationTime } from './harness/activation';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace } from './harness/workspace';

/** design §7. */
const MOST_MS = 50;
const MOST_TRIES = 4;
/** Programs that want a processor, for each there is; our own tests are two or three. */
const MOST_CROWDED = 2;

describe('In a folder without Python', () => {
  test('the extension is not activated', async () => {
    const folder = path.join(inject('scratch'), 'no-python');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'notes.md'), '# Notes\n');
    const editor = await Editor.open(folder);
    await editor.openFile('notes.md');
    expect(await activationTime(editor)).toBeNull();
    await editor.close();
  });
});

describe('In a folder with Python', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await Editor.open(makeWorkspace({ 'guarded.py': 'if __name__ == "__main__":\n    print(1)\n' }));
    await editor.openFile('guarded.py');
    await editor.codeLens('Profile Memory').waitFor();
  });
  afterAll(() => editor?.close());

  test('it is activated in 50 ms or less', async ({ skip }) => {
    // A machine that is busy makes it longer, nothing makes it shorter: the shortest of some counts.
    const times: number[] = [];
    while (times.length < MOST_TRIES && !times.some((ms) => ms <= MOST_MS)) {
      if (times.length > 0) await editor.reload();
      times.push((await activationTime(editor)) ?? Number.POSITIVE_INFINITY);
    }
    console.log(`Activation: ${times.join(', ')} ms`);
    const crowd = loadavg()[0]! / availableParallelism();
    const shortest = Math.min(...times);
    skip(
      shortest > MOST_MS && crowd > MOST_CROWDED,
      'Other programs keep the processors busy: the time says nothing of us.',
    );
    expect(shortest).toBeLessThanOrEqual(MOST_MS);
  });

  test('the walkthrough leads through three steps, with a picture each', async () => {
    const steps = editor.page.locator('.getting-started-step');
    const open = async () => {
      await editor.command('Welcome: Open Walkthrough');
      await editor.page
        .locator('.quick-input-list .monaco-list-row', { hasText: "your program's memory goes" })
        .click();
      await expect.poll(() => steps.count()).toBe(3);
    };
    await open();
    for (const [i, name] of ['Profile a script', 'Read the figures', 'Follow it to its source'].entries()) {
      await steps.nth(i).locator('.step-title', { hasText: name }).click();
      await editor.webview().locator('svg').first().waitFor();
      await keepScreenshot(editor, `walkthrough-${i + 1}`);
    }
    await editor.command('Preferences: Toggle between Light/Dark Themes');
    await editor.page.waitForSelector('.monaco-workbench.vs-dark');
    await open();
    await editor.webview().locator('svg').first().waitFor();
    await keepScreenshot(editor, 'walkthrough-dark');
  });

  nothingLeavesTheMachine();
});
