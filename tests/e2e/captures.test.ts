import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatBytes } from '../../extension/shared/units';
import { launcher, python } from '../../scripts/lib/paths.mjs';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { persistently } from './harness/persistently';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace, summaryOf } from './harness/workspace';

describe('The side bar', () => {
  let editor: Editor;
  let folder: string;
  const row = (text: string | RegExp): Locator =>
    editor.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  const menu = async (text: string | RegExp, entry: string) => {
    await row(text).click({ button: 'right' });
    const item = editor.page.locator('.context-view .action-label', { hasText: entry }).first();
    // A menu that has just opened takes no click: it would be the one that opened it.
    await item.waitFor();
    await persistently(async () => {
      if (await item.isVisible()) await item.click();
      await item.waitFor({ state: 'hidden', timeout: 1_000 });
    });
  };
  /** As in a terminal: the editor is not asked. */
  const runInTerminal = (...args: string[]) =>
    promisify(execFile)(python, [launcher, 'run', '-q', ...args], { cwd: folder });

  beforeAll(async () => {
    folder = makeWorkspace({
      'memray-old.py.1.bin': 'memray\0\0\0\0\0 and the rest of what memray recorded, more than a header is long\n',
      'first.py': 'def load():\n    return [bytearray(1000) for _ in range(3000)]\n\nkept = load()\n',
      'family.py':
        'import subprocess, sys\nkept = bytearray(1_500_000)\nsubprocess.run([sys.executable, "child.py"])\n',
      'child.py': 'kept = bytearray(2_500_000)\n',
      'waiting.py':
        'kept = bytearray(4_000_000)\nimport os, time\nwhile not os.path.exists("seen"):\n    time.sleep(0.1)\n',
    });
    execFileSync(python, [launcher, 'run', '-q', '-o', 'first.alloclens', 'first.py'], { cwd: folder });
    editor = await Editor.open(folder);
  });
  afterAll(() => editor?.close());

  test('lists the captures of the workspace by program, with peak, time and duration', async () => {
    const { peak_bytes } = summaryOf(path.join(folder, 'first.alloclens'));
    await editor.command('AllocLens: Focus on Captures View');
    await row('first.py').waitFor();
    await row(formatBytes(peak_bytes)).waitFor();
    expect(await row(formatBytes(peak_bytes)).textContent()).toMatch(/\d\d:\d\d · [\d.]+\u00a0s$/);
  });

  test('a click opens a capture; its hottest lines stand below, and lead to the code', async () => {
    await row(formatBytes(summaryOf(path.join(folder, 'first.alloclens')).peak_bytes)).click();
    await editor.statusItem(/Peak/).waitFor();
    await row(/first\.py:2/).click();
    await editor.page.waitForSelector('.tab.active[data-resource-name="first.py"]');
    await editor.waitForCursor(2);
    await keepScreenshot(editor, 'captures-view');
  });

  test('a run in a terminal is listed while it runs, and shown when it ends', async () => {
    await editor.openFile('waiting.py');
    const ended = runInTerminal('-o', 'terminal.alloclens', 'waiting.py');
    await editor.command('AllocLens: Focus on Captures View');
    await row('live').waitFor();
    writeFileSync(path.join(folder, 'seen'), '');
    await ended;
    expect(await editor.figures()).toEqual([{ line: 1, figure: '4.0\u00a0MB' }]);
    await row('live').waitFor({ state: 'detached' });
  });

  test('a capture has the name that the user gives it, and can be pinned', async () => {
    // On a busy machine the menu can take the focus back from the input, which then goes away without an answer.
    await persistently(async () => {
      await menu(/4\.\d\u00a0MB/, 'Rename Capture');
      await editor.answer('before the fix');
      await row('before the fix').waitFor({ timeout: 10_000 });
    });
    await menu('before the fix', 'Pin Capture');
    await row('before the fix').hover();
    await row('before the fix').locator('.action-label.codicon-pinned').waitFor();
  });

  test('Delete asks, and takes the file away', async () => {
    await menu('before the fix', 'Delete Capture');
    await editor
      .dialog(/Delete this capture\?/)
      .locator('.monaco-button', { hasText: 'Delete' })
      .click();
    await row('before the fix').waitFor({ state: 'detached' });
    expect(existsSync(path.join(folder, 'terminal.alloclens'))).toBe(false);
  });

  test('processes that a program started stand under it', async () => {
    await runInTerminal('--follow-children', '-o', 'family.alloclens', 'family.py');
    const { peak_bytes } = summaryOf(path.join(folder, 'family.alloclens'));
    await row(formatBytes(peak_bytes)).waitFor();
    const child = editor.page.locator('.pane-body .monaco-list-row[aria-level="3"]', {
      hasText: /2\.\d\u00a0MB.*child\.py/,
    });
    await child.waitFor();
    await keepScreenshot(editor, 'captures-view-children');
    await editor.command('Preferences: Toggle between Light/Dark Themes');
    await editor.page.waitForSelector('.monaco-workbench.vs-dark');
    await keepScreenshot(editor, 'captures-view-dark');
    await editor.command('Preferences: Toggle between Light/Dark Themes');
  });

  test('a capture is exported to a file of the chosen kind', async () => {
    await menu(formatBytes(summaryOf(path.join(folder, 'family.alloclens')).peak_bytes), 'Export Capture');
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'CSV' }).click();
    await editor.page.locator('.quick-input-widget', { hasText: 'Export Peak of family.alloclens' }).waitFor();
    await expect.poll(() => editor.input.inputValue()).toContain('family.csv');
    await editor.accept();
    await editor.notification(/Exported to .*family\.csv/).waitFor();
    expect(readFileSync(path.join(folder, 'family.csv'), 'utf8')).toContain('family.py');
  });

  test('a capture that is dropped on the editor opens there', async () => {
    await editor.command('File: Focus on Files Explorer');
    const file = editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'family.alloclens' });
    const to = await editor.page.locator('.editor-group-container .editor-instance').first().boundingBox();
    await file.hover();
    await editor.page.mouse.down();
    // VS Code shows where a file would land once the pointer moves over the editor.
    await editor.page.mouse.move(to!.x + to!.width / 2, to!.y + 100, { steps: 10 });
    await editor.page.locator('#monaco-workbench-editor-drop-overlay').waitFor();
    await editor.page.mouse.move(to!.x + to!.width / 2, to!.y + to!.height / 2, { steps: 10 });
    await editor.page.mouse.up();
    await editor.page.waitForSelector('.tab.active[data-resource-name="family.alloclens"]');
    await editor.webview().locator('g.frame').first().waitFor();
  });

  test('a double click on a capture of memray tells how to get the same here', async () => {
    await editor.command('File: Focus on Files Explorer');
    await editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'memray-old' }).dblclick();
    await editor.notification(/memray.*Profile Memory in the editor/).waitFor();
  });

  nothingLeavesTheMachine();
});
