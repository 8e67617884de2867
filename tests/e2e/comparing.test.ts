import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace } from './harness/workspace';

const before = `def load(n):
    rows = []
    for _ in range(n):
        rows.append(bytes(1000))
    return rows


def report():
    lines = []
    for _ in range(10_000):
        lines.append(bytes(2000))
    return lines


def main():
    rows = load(20_000)
    return rows, report()


kept = main()
`;
/** Lines more above, twice as many rows, and no report. */
const after = `"""Loads more, and reports nothing."""

import sys


def load(n):
    rows = []
    for _ in range(n):
        rows.append(bytes(1000))
    return rows


def main():
    rows = load(40_000)
    return rows, sys.argv


kept = main()
`;
const lineOf = (text: string) => after.split('\n').findIndex((line) => line.includes(text)) + 1;

describe('Two runs of a program', () => {
  let editor: Editor;
  const panel = () => editor.webview();
  const rows = () => panel().locator('#table tbody tr:not(.spacer)');
  const frame = (name: string) => panel().locator(`g.frame[aria-label^="${name} "]`).first();
  const profile = async (isShown: RegExp) => {
    await editor.command('AllocLens: Profile Memory');
    await editor.statusItem(/Peak \d/).waitFor();
    await editor.codeLens(isShown).waitFor();
  };

  beforeAll(async () => {
    const folder = makeWorkspace({ 'rows.py': before });
    editor = await Editor.open(folder);
    await editor.openFile('rows.py');
    await profile(/^▲ 2\d\.\d\sMB peak/);
    writeFileSync(path.join(folder, 'rows.py'), after);
    await editor.page.locator('.view-line', { hasText: 'Loads more' }).first().waitFor();
    await editor.page.locator('.editor-instance .view-line').first().click();
    await profile(/^▲ 4\d\.\d\sMB peak · (9\d|100)\s%/);
  });
  afterAll(() => editor?.close());

  test('are compared by one click after the second one', async () => {
    await editor.page.locator('.statusbar-item a[aria-label^="Compare with the previous run"]').click();
    await editor.statusItem(/ since \d\d:\d\d/).waitFor();
  });

  test('have what grew on the lines, which are found again below what was put in above them', async () => {
    const line = lineOf('bytes(1000)');
    await expect
      .poll(async () => (await editor.figures()).map(({ line, figure }) => `${line} ${figure}`))
      .toEqual([expect.stringMatching(new RegExp(`^${line} \\+2\\d\\.\\d\\sMB$`))]);
  });

  test('have the change in the lenses of functions', async () => {
    await editor.codeLens(/^▲ 4\d\.\d\sMB peak · \+2\d\.\d\sMB since \d\d:\d\d/).waitFor();
  });

  test('have the change of each measure in the hover', async () => {
    await editor.goToLine(lineOf('bytes(1000)'));
    await editor.page.keyboard.press('End');
    await editor.command('Show or Focus Hover');
    const hover = editor.page.locator('.monaco-hover:visible', { hasText: 'Since' }).first();
    await hover.waitFor();
    expect(await hover.textContent()).toMatch(/Since \d\d:\d\d\S*: peak \+2\d\.\d\sMB · unfreed \+/);
    await editor.page.keyboard.press('Escape');
  });

  test('are one flame graph, in which also what is gone can be seen', async () => {
    await editor.command('AllocLens: Open Flame Graph');
    await frame('load').waitFor();
    expect(await frame('load').getAttribute('aria-label')).toMatch(/\+2\d\.\d\sMB from 2\d/);
    expect(await frame('report').getAttribute('aria-label')).toMatch(/^report −2\d\.\d\sMB, .* from 2\d/);
    await panel()
      .locator('#since', { hasText: /since \d\d:\d\d/ })
      .waitFor();
    await panel().locator('#legend', { hasText: 'Shrank' }).waitFor();
    await editor.page.setViewportSize({ width: 1680, height: 1000 });
    await editor.page.keyboard.press('Control+J');
    await editor.page.locator('.part.panel').waitFor({ state: 'hidden' });
    await panel().locator('#table td.change').first().waitFor();
    await keepScreenshot(editor, 'compare');
  });

  test('stand side by side in the tables, what changed most first', async () => {
    await expect.poll(() => rows().locator('td.change').first().textContent()).toMatch(/[+−]2\d/);
    expect(await rows().locator('.name').allTextContents()).toEqual(expect.arrayContaining(['load', 'report']));
    for (const kind of ['Lines', 'Modules', 'Threads', 'Allocators', 'Sizes']) {
      await panel().getByRole('radio', { name: kind }).click();
      await expect.poll(() => rows().locator('td.change').first().textContent(), { message: kind }).toMatch(/[+−±]\d/);
    }
    await panel().getByRole('radio', { name: 'Functions' }).click();
  });

  test('have a function of both under one root', async () => {
    await editor.codeLens('Flame graph').click();
    await panel().locator('g.frame[aria-level="1"][aria-label^="load "]').first().waitFor();
    expect(await panel().locator('g.frame[aria-level="1"]').first().getAttribute('aria-label')).toMatch(/from 2\d/);
    await panel().locator('#crumbs').getByRole('button', { name: 'All memory' }).click();
  });

  test('are compared no longer when asked so, and what is shown is the later one', async () => {
    await panel().locator('#since').click();
    await panel().locator('#since').waitFor({ state: 'hidden' });
    await panel()
      .getByRole('button', { name: /^Compare with \d/ })
      .waitFor();
    await editor.codeLens(/^▲ 4\d\.\d\sMB peak · \d+\s%/).waitFor();
    await panel().locator('#legend', { hasText: 'Your code' }).waitFor();
  });

  test('are compared again from the panel, and from the row of the earlier one', async () => {
    await panel()
      .getByRole('button', { name: /^Compare with \d/ })
      .click();
    await panel().locator('#since').waitFor();
    await editor.command('AllocLens: Stop Comparing');
    await panel().locator('#since').waitFor({ state: 'hidden' });
    await editor.command('AllocLens: Focus on Captures View');
    const earlier = editor.page.locator('.pane-body .monaco-list-row', { hasText: /\d\sMB/ }).nth(1);
    await earlier.hover();
    await earlier.locator('.action-label[aria-label^="Compare with"]').click();
    await panel().locator('#since').waitFor();
  });

  nothingLeavesTheMachine();
});
