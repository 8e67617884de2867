import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace } from './harness/workspace';

const python = process.env.ALLOCLENS_E2E_PYTEST;

const TESTS = `import json
import time

import pytest


def read_rows(count):
    return [json.loads("[1, 2, 3]") for _ in range(count)]


@pytest.mark.limit_memory("4 MB")
def test_import():
    kept = bytearray(9_000_000)
    small = bytearray(1_000_000)
    assert kept and small


class TestExport:
    @pytest.mark.parametrize("size", [2_000_000, 3_000_000])
    def test_sizes(self, size):
        assert len(bytearray(size)) == size

    def test_wrong(self):
        rows = read_rows(10)
        assert len(rows) == 11


def test_endless():
    print("begun", flush=True)
    open("begun", "w").close()
    time.sleep(600)
`;

const settings = (more: object = {}) => JSON.stringify({ 'alloclens.python': python, ...more });

/** Rows of the Test Explorer. */
const row = (editor: Editor, text: string | RegExp) =>
  editor.page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();

/** A message behind a line of code. */
const message = (editor: Editor, text: string) =>
  editor.page.locator('.test-error-content-widget', { hasText: text }).first();

async function openTests(editor: Editor): Promise<void> {
  await editor.command('Testing: Focus on Test Explorer View');
  await editor.page.locator('.test-explorer .monaco-list-row').first().waitFor();
}

/** Unfolds rows of the Test Explorer, from the outside in. */
async function expand(editor: Editor, ...names: string[]): Promise<void> {
  for (const name of names) {
    const arrow = row(editor, name).locator('.monaco-tl-twistie.collapsible');
    await arrow.waitFor();
    if (await arrow.evaluate((element) => element.classList.contains('collapsed'))) await arrow.click();
  }
}

/** Runs a row of the Test Explorer. */
async function run(editor: Editor, text: string | RegExp): Promise<void> {
  await row(editor, text).hover();
  await row(editor, text).locator('.codicon-testing-run-icon').click();
}

describe.skipIf(!python)('The Test Explorer', () => {
  let editor: Editor;
  let folder: string;
  beforeAll(async () => {
    folder = makeWorkspace({
      '.vscode/settings.json': settings({ 'alloclens.pytestArgs': ['-p', 'no:cacheprovider'] }),
      'pytest.ini': '[pytest]\n',
      'tests/test_it.py': TESTS,
      'tests/test_broken.py': 'import os\n\nimport absent_module\n\n\ndef test_a():\n    pass\n',
    });
    editor = await Editor.open(folder);
    await openTests(editor);
  });
  afterAll(() => editor?.close());

  test('lists files by pytest’s rules, and their tests when a file is unfolded', async () => {
    await expand(editor, 'tests', 'test_it.py');
    await editor.openFile('test_it.py');
    for (const name of ['test_import', 'TestExport', 'test_endless']) await row(editor, name).waitFor();
  });

  test('has a lens above each test', async () => {
    await expect
      .poll(() => editor.page.locator('.codelens-decoration a:visible', { hasText: 'Profile Memory' }).count())
      .toBeGreaterThanOrEqual(3);
  });

  test('a test that breaks its limit says so at the line that allocated, with its figures beside it', async () => {
    await run(editor, 'test_import');
    await row(editor, /▲ 10\.0\sMB · Σ 10\.\d\sMB/).waitFor();
    await message(editor, 'Test was limited to 4.0MiB but allocated 9.5MiB: 8.6MiB allocated here').waitFor();
    await message(editor, '976.6KiB allocated here').waitFor();
  });

  test('the lines under test have their figures then', async () => {
    await editor.statusItem(/Peak 10\.0/).waitFor();
    expect(await editor.figures()).toContainEqual({ line: 13, figure: '9.0\u00a0MB' });
    await keepScreenshot(editor, 'test-explorer');
  });

  test('cases of a parametrised test appear as it runs, each with its peak', async () => {
    await run(editor, 'TestExport');
    await expand(editor, 'TestExport', 'test_sizes');
    await row(editor, /\[2000000\].*▲ 2\.0\sMB/).waitFor();
    await row(editor, /\[3000000\].*▲ 3\.0\sMB/).waitFor();
    await editor.openFile('test_it.py');
    await editor.goToLine(25);
    await message(editor, 'assert 10 == 11').waitFor();
  });

  test('the capture of a test opens from its row', async () => {
    await row(editor, '[2000000]').hover();
    await row(editor, '[2000000]').locator('.action-label[aria-label*="Open Capture"]').click();
    await editor.webview().locator('g.frame[aria-label*="test_sizes"]').first().waitFor();
    await editor.statusItem(/Peak 2\.0/).waitFor();
  });

  test('an error while tests are collected stands in its file', async () => {
    await editor.openFile('test_broken.py');
    await row(editor, 'test_broken.py').waitFor();
    await run(editor, 'test_broken.py');
    await message(editor, "ModuleNotFoundError: No module named 'absent_module'").waitFor();
  });

  test('Cancel ends a test that waits', async () => {
    await editor.openFile('test_it.py');
    await run(editor, 'test_endless');
    await expect.poll(() => existsSync(path.join(folder, 'begun'))).toBe(true);
    await editor.page.locator('.codicon-testing-cancel-icon').first().click();
    await expect.poll(() => row(editor, 'test_endless').locator('.codicon-testing-skipped-icon').count()).toBe(1);
  });

  nothingLeavesTheMachine();
});

describe.skipIf(!python)('Where the Python extension lists the tests', () => {
  let editor: Editor;
  let folder: string;
  beforeAll(async () => {
    folder = makeWorkspace({
      '.vscode/settings.json': settings({ 'python.testing.pytestEnabled': true }),
      'pytest.ini': '[pytest]\n',
      'test_other.py': 'def test_other():\n    pass\n',
      'test_alone.py': 'def test_alone():\n    kept = bytearray(7_000_000)\n    assert kept\n',
    });
    editor = await Editor.open(folder);
    await editor.openFile('test_alone.py');
  });
  afterAll(() => editor?.close());

  test('they are not listed twice: the lens above a test profiles it, and lists it alone', async () => {
    await editor.codeLens('Profile Memory').click();
    await editor.statusItem(/Peak 7\.0/).waitFor();
    expect(await editor.figures()).toContainEqual({ line: 2, figure: '7.0\u00a0MB' });
    await openTests(editor);
    await expand(editor, 'test_alone.py');
    await row(editor, /test_alone.*▲ 7\.0\sMB/).waitFor();
    expect(await row(editor, 'test_other').count()).toBe(0);
  });

  test('Run Again profiles the test again', async () => {
    writeFileSync(
      path.join(folder, 'test_alone.py'),
      'def test_alone():\n    kept = bytearray(8_000_000)\n    assert kept\n',
    );
    await editor.page.locator('.editor-instance .view-line', { hasText: '8_000_000' }).first().waitFor();
    await editor.command('AllocLens: Run Again');
    await editor.statusItem(/Peak 8\.0/).waitFor();
    await row(editor, /test_alone.*▲ 8\.0\sMB/).waitFor();
  });

  nothingLeavesTheMachine();
});

describe('With an interpreter that has no pytest', () => {
  let editor: Editor;
  const bare = path.join(inject('scratch'), 'bare', 'python');
  beforeAll(async () => {
    mkdirSync(path.dirname(bare), { recursive: true });
    // Without site-packages there is none.
    writeFileSync(bare, '#!/bin/sh\nexec python3 -S -I "$@"\n', { mode: 0o755 });
    const folder = makeWorkspace({
      '.vscode/settings.json': JSON.stringify({ 'alloclens.python': bare }),
      'test_alone.py': 'def test_alone():\n    pass\n',
    });
    editor = await Editor.open(folder);
    await editor.openFile('test_alone.py');
  });
  afterAll(() => editor?.close());

  test('says so, and where to install it', async () => {
    await editor.codeLens('Profile Memory').click();
    await editor.notification(`pytest is not installed for ${bare}`).waitFor();
    expect(readFileSync(bare, 'utf8')).toContain('-S');
  });

  nothingLeavesTheMachine();
});
