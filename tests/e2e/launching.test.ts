import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { python } from '../../scripts/lib/paths.mjs';
import { ask } from '../../scripts/lib/run.mjs';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { descendants } from './harness/processes';
import { makeWorkspace, newestCapture, summaryOf } from './harness/workspace';

const launch = (configuration: object) =>
  JSON.stringify({
    version: '0.2.0',
    configurations: [{ name: 'The only one', type: 'alloclens', request: 'launch', ...configuration }],
  });

describe('F5', () => {
  let editor: Editor;
  beforeAll(async () => {
    const program = '${workspaceFolder}/greets.py';
    const folder = makeWorkspace({
      '.vscode/launch.json': launch({
        program,
        args: ['two words'],
        envFile: '${workspaceFolder}/.env',
        env: { GREETING: 'Servus' },
      }),
      '.env': 'GREETING=overruled by env\nNAME="the world" # from the file\n',
      'greets.py':
        'import os, sys\nkept = bytearray(5_000_000)\nprint(os.environ["GREETING"], os.environ["NAME"], sys.argv[1:], flush=True)\n',
    });
    editor = await Editor.open(folder);
    await editor.openFile('greets.py');
  });
  afterAll(() => editor?.close());

  test('runs the configuration of launch.json: arguments, environment, output and figures', async () => {
    await editor.page.keyboard.press('F5');
    await editor.consoleRow("Servus the world ['two words']").waitFor();
    expect(await editor.figures()).toEqual([{ line: 2, figure: '5.0\u00a0MB' }]);
    expect(summaryOf(newestCapture()).exit_status).toBe(0);
  });

  nothingLeavesTheMachine();
});

describe('With the Python extension', () => {
  let editor: Editor;
  const selected = path.join(inject('scratch'), 'selected', 'bin', 'python');
  beforeAll(async () => {
    mkdirSync(path.dirname(selected), { recursive: true });
    writeFileSync(selected, `#!/bin/sh\nSELECTED=yes exec '${ask('sh', ['-c', `command -v ${python}`])}' "$@"\n`, {
      mode: 0o755,
    });
    const folder = makeWorkspace({
      '.selected-interpreter': selected,
      'asks.py': 'import os\nprint("selected:", os.environ.get("SELECTED"), flush=True)\n',
    });
    editor = await Editor.open(folder);
    await editor.openFile('asks.py');
  });
  afterAll(() => editor?.close());

  test('the interpreter that is selected there runs the program', async () => {
    await editor.command('AllocLens: Profile Memory');
    await editor.consoleRow('selected: yes').waitFor();
  });

  nothingLeavesTheMachine();
});

describe('F5 in a folder without launch.json', () => {
  let editor: Editor;
  beforeAll(async () => {
    const folder = makeWorkspace({ 'plain.py': 'kept = bytearray(6_000_000)\nprint("kept", len(kept))\n' });
    rmSync(path.join(folder, '.vscode'), { recursive: true });
    editor = await Editor.open(folder);
    await editor.openFile('plain.py');
  });
  afterAll(() => editor?.close());

  test('profiles the active file', async () => {
    await editor.page.keyboard.press('F5');
    await editor.consoleRow('kept 6000000').waitFor();
    expect(await editor.figures()).toEqual([{ line: 1, figure: '6.0\u00a0MB' }]);
  });

  test('Stop ends a program that waits; what it held is shown', async () => {
    await editor.openFile('waits.py');
    await editor.page.keyboard.press('F5');
    await editor.consoleRow('holding 8000000 bytes').waitFor();
    await editor.page.keyboard.press('Shift+F5');
    await editor.consoleRow(/Stopped by you after/).waitFor();
    expect(await editor.figures()).toContainEqual({ line: 9, figure: '8.0\u00a0MB' });
  });

  test('Restart ends it and runs it again, with a capture of its own', async () => {
    const running = () =>
      descendants(inject('editorPid')).filter(
        ({ command }) => command.includes('waits.py') && command.includes(' run '),
      );
    await editor.page.keyboard.press('F5');
    await expect.poll(() => running().length).toBe(1);
    await editor.statusItem(/Heap 8\.\d/).waitFor();
    const [first] = running();
    const capture = newestCapture();
    await editor.page.keyboard.press('Control+Shift+F5');
    await expect.poll(() => running().map(({ pid }) => pid)).not.toEqual([first!.pid]);
    await expect.poll(() => running().length).toBe(1);
    await expect.poll(() => newestCapture()).not.toBe(capture);
    await editor.statusItem(/Heap 8\.\d/).waitFor();
    await editor.page.keyboard.press('Shift+F5');
    await editor.statusItem(/Peak 8\.\d/).waitFor();
    await expect.poll(() => running()).toEqual([]);
  });

  nothingLeavesTheMachine();
});

describe('What goes wrong is told in one sentence', () => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await Editor.open(makeWorkspace());
    await editor.openFile('raises.py');
  });
  afterAll(() => editor?.close());

  test('a script that raises: its traceback in the console, its figures on the lines', async () => {
    await editor.command('AllocLens: Profile Memory');
    await editor.consoleRow('Traceback (most recent call last)').waitFor();
    await editor.notification(/exit code 1/).waitFor();
    expect((await editor.figures()).length).toBeGreaterThan(0);
    expect(summaryOf(newestCapture()).exit_status).toBe(1);
  });

  test('a script that does not exist', async () => {
    await editor.launch('Missing script');
    await editor.dialog(/absent\.py/).waitFor();
    await editor.dismissDialog();
  });

  test('an interpreter that does not exist', async () => {
    await editor.launch('Missing interpreter');
    await editor.dialog(/absent\/bin\/python/).waitFor();
    await editor.dismissDialog();
  });

  nothingLeavesTheMachine();
});
