import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
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
      '.vscode/launch.json': launch({ program, args: ['two words'], env: { GREETING: 'Servus' } }),
      'greets.py':
        'import os, sys\nkept = bytearray(5_000_000)\nprint(os.environ["GREETING"], sys.argv[1:], flush=True)\n',
    });
    editor = await Editor.open(folder);
    await editor.openFile('greets.py');
  });
  afterAll(() => editor?.close());

  test('runs the configuration of launch.json: arguments, environment, output and figures', async () => {
    await editor.page.keyboard.press('F5');
    await editor.consoleRow("Servus ['two words']").waitFor({ timeout: 30_000 });
    expect(await editor.figures()).toEqual([{ line: 2, figure: '5.0\u00a0MB' }]);
    expect(summaryOf(newestCapture()).exit_status).toBe(0);
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
    await editor.consoleRow('Traceback (most recent call last)').waitFor({ timeout: 30_000 });
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
