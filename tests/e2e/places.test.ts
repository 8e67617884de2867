/** Where programs and people are: several folders, containers, folders that are not trusted, two windows. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { formatBytes } from '../../extension/shared/units';
import { launcher, python } from '../../scripts/lib/paths.mjs';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace, summaryOf } from './harness/workspace';

const record = (cwd: string, capture: string, script: string) =>
  execFileSync(python, [launcher, 'run', '-q', '-o', capture, script], { cwd });

const row = (editor: Editor, text: string | RegExp) =>
  editor.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();

describe('A workspace of two folders, with a capture of a program that ran in a container', () => {
  let editor: Editor;
  const place = path.join(inject('scratch'), 'two-folders');
  const shop = path.join(place, 'shop');

  beforeAll(async () => {
    // What the container has at /app: the same files, at a path that is not there any more when the editor looks.
    const app = path.join(place, 'app');
    mkdirSync(app, { recursive: true });
    const load = ['def load():', '    return [bytearray(1000) for _ in range(5000)]', '', 'kept = load()', ''];
    writeFileSync(path.join(app, 'load.py'), load.join('\n'));
    record(app, 'there.alloclens', path.join(app, 'load.py'));
    renameSync(app, shop);
    mkdirSync(path.join(shop, '.vscode'));
    const mapping = { localRoot: '${workspaceFolder}', remoteRoot: app };
    writeFileSync(path.join(shop, '.vscode/settings.json'), JSON.stringify({ 'alloclens.pathMappings': [mapping] }));
    mkdirSync(path.join(place, 'tools'));
    const where =
      'import os\nkept = bytearray(6_000_000)\nprint("ran in", os.path.basename(os.getcwd()), flush=True)\n';
    writeFileSync(path.join(place, 'tools/where.py'), where);
    const folders = [{ path: 'shop' }, { path: 'tools' }];
    writeFileSync(path.join(place, 'all.code-workspace'), JSON.stringify({ folders }));
    editor = await Editor.open(path.join(place, 'all.code-workspace'));
  });
  afterAll(() => editor?.close());

  test('its figures and lenses stand in the file that is here', async () => {
    await editor.openFile('load.py');
    await editor.command('AllocLens: Focus on Captures View');
    await row(editor, formatBytes(summaryOf(path.join(shop, 'there.alloclens')).peak_bytes)).click();
    const [first] = await editor.figures();
    expect(first).toMatchObject({ line: 2, figure: expect.stringMatching(/^5\.\d\u00a0MB$/) });
    await editor.codeLens(/▲ 5\.\d\u00a0MB peak/).waitFor();
  });

  test('a click leads to the file that is here', async () => {
    await editor.goToLine(1);
    await row(editor, /load\.py:2/).click();
    await editor.page.waitForSelector('.tab.active[data-resource-name="load.py"]');
    await editor.waitForCursor(2);
  });

  test('a program runs in the folder that its file belongs to', async () => {
    await editor.openFile('where.py');
    await editor.command('AllocLens: Profile Memory');
    await editor.consoleRow('ran in tools').waitFor();
    expect(await editor.figures()).toContainEqual({ line: 2, figure: '6.0\u00a0MB' });
  });
});

describe('A folder that is not trusted', () => {
  let editor: Editor;
  let folder: string;
  beforeAll(async () => {
    folder = makeWorkspace({ 'first.py': 'open("it-ran", "w").close()\nkept = bytearray(5_000_000)\n' });
    record(folder, 'first.alloclens', path.join(folder, 'first.py'));
    rmSync(path.join(folder, 'it-ran'));
    editor = await Editor.open(folder, { untrusted: true });
  });
  afterAll(() => editor?.close());

  test('its captures can be looked at: figures on lines and the flame graph', async () => {
    await editor.openFile('first.py');
    await editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'first.alloclens' }).dblclick();
    await editor.webview().locator('g.frame').first().waitFor();
    await editor.openFile('first.py');
    expect(await editor.figures()).toContainEqual({ line: 2, figure: '5.0\u00a0MB' });
  });

  test('nothing of it is run, and a sentence says why', async () => {
    await editor.command('AllocLens: Profile Memory');
    await editor.notification(/this folder is not trusted\. Trust it first\./).waitFor();
    await keepScreenshot(editor, 'not-trusted');
    expect(existsSync(path.join(folder, 'it-ran'))).toBe(false);
  });
});

describe('Two windows on one folder', () => {
  let one: Editor;
  let other: Editor;
  let folder: string;
  beforeAll(async () => {
    const gate = 'import os, time\nkept = bytearray(7_000_000)\nwhile not os.path.exists("go-on"): time.sleep(0.05)\n';
    folder = makeWorkspace({ 'waits_here.py': gate, 'old.py': 'kept = bytearray(3_000_000)\n' });
    record(folder, 'old.alloclens', path.join(folder, 'old.py'));
    one = await Editor.open(folder);
    other = await Editor.open(folder);
  });
  afterAll(() => Promise.all([one?.close(), other?.close()]));

  test('a run of the one does not take the place of what the other looks at', async () => {
    await other.openFile('old.py');
    await other.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'old.alloclens' }).dblclick();
    await other.statusItem(/Peak 3\.\d/).waitFor();
    await one.openFile('waits_here.py');
    await one.command('AllocLens: Profile Memory');
    await one.statusItem(/Heap 7\.\d/).waitFor();
    await other.command('AllocLens: Focus on Captures View');
    await row(other, /7\.\d\u00a0MB.*live/).waitFor();
    await keepScreenshot(other, 'captures-view-live');
    await other.statusItem(/Peak 3\.\d/).waitFor();
  });

  test('the other can open it while it runs, and both see its end', async () => {
    await row(other, /7\.\d\u00a0MB.*live/).click();
    await other.statusItem(/7\.\d/).waitFor();
    writeFileSync(path.join(folder, 'go-on'), '');
    await one.statusItem(/Peak 7\.\d/).waitFor();
    await row(other, /waits_here/).waitFor();
    await row(other, 'live').waitFor({ state: 'detached' });
  });

  nothingLeavesTheMachine();
});
