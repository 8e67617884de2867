/** The ways to a run beside Profile Memory and F5, in one window. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launcher, python } from '../../scripts/lib/paths.mjs';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { keepScreenshot } from './harness/screenshot';
import { makeWorkspace, summaryOf } from './harness/workspace';

const json = (value: object) => JSON.stringify(value, null, 2);
const program = (name: string) => `\${workspaceFolder}/${name}.py`;
const configuration = (name: string, more: object = {}) => ({ name, type: 'alloclens', request: 'launch', ...more });

/** Holds so many bytes until a file appears. */
const holds = (megabytes: number, gate: string) =>
  `import os, time\nkept = bytearray(${megabytes}_000_000)\nprint("holding", flush=True)\nwhile not os.path.exists("${gate}"): time.sleep(0.05)\n`;

describe('A window with a folder', () => {
  let editor: Editor;
  let folder: string;
  const elsewhere = path.join(inject('scratch'), 'elsewhere');

  beforeAll(async () => {
    folder = makeWorkspace({
      '.vscode/launch.json': json({
        version: '0.2.0',
        configurations: [
          configuration('One', { program: program('one'), aggregate: true, memoryInterval: 50 }),
          configuration('Two', {
            program: program('two'),
            memoryLimit: '1GB',
            memoryLimitAction: 'raise',
            sources: false,
          }),
          configuration('Wrong', { program: program('one'), memoryLimitAction: 'raise' }),
        ],
        compounds: [{ name: 'Both', configurations: ['One', 'Two'] }],
      }),
      '.vscode/tasks.json': json({
        version: '2.0.0',
        tasks: [
          {
            label: 'hold seven',
            type: 'alloclens',
            program: '${workspaceFolder}/${input:script}',
            env: { UNIT: 'MB' },
          },
          { label: 'wrong task', type: 'alloclens', program: 'one.py', detail: 'all' },
        ],
        inputs: [{ id: 'script', type: 'promptString', description: 'Which script?', default: 'seven.py' }],
      }),
      'one.py': 'kept = bytearray(3_000_000)\nprint("one holds", len(kept), flush=True)\n',
      'two.py': 'kept = bytearray(2_000_000)\nprint("two holds", len(kept), flush=True)\n',
      'seven.py': 'import os\nkept = bytearray(7_000_000)\nprint("seven", os.environ["UNIT"])\n',
      'holds.py': holds(9, 'go-on'),
      'outside.py': holds(11, 'go-on'),
    });
    mkdirSync(elsewhere, { recursive: true });
    editor = await Editor.open(folder);
    await editor.openFile('one.py');
  });
  afterAll(() => editor?.close());

  const figureOf = async (name: string, line: number) => {
    await editor.openFile(name);
    const figures = await editor.figures();
    return figures.find((drawn) => drawn.line === line)?.figure;
  };
  const type = async (line: string) => {
    await editor.page.locator('.terminal-wrapper.active .terminal-xterm-host').first().click();
    await editor.page.keyboard.type(`${line}\n`);
  };

  test('the run button of the editor profiles its file', async () => {
    await editor.page.locator('.editor-actions .action-label[aria-label^="Profile Memory"]').first().click();
    await editor.consoleRow('one holds 3000000').waitFor();
    await expect.poll(() => figureOf('one.py', 1)).toBe('3.0\u00a0MB');
  });

  test('so does the menu of a file in the explorer, and that of the code', async () => {
    const entries = async () => {
      const labels = await editor.page.locator('.context-view .action-label:visible').allTextContents();
      await editor.page.keyboard.press('Escape');
      return labels;
    };
    await editor.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'two.py' })
      .click({ button: 'right' });
    await editor.page.locator('.context-view .action-label', { hasText: 'Profile Memory' }).waitFor();
    await keepScreenshot(editor, 'menu-explorer');
    expect(await entries()).toContain('Profile Memory');
    await editor.page.locator('.editor-instance .view-line').first().click({ button: 'right' });
    await editor.page.locator('.context-view .action-label', { hasText: 'Profile Memory' }).waitFor();
    await keepScreenshot(editor, 'menu-editor');
    expect(await entries()).toContain('Profile Memory');
  });

  test('a compound configuration runs its programs, each with its options and a capture of its own', async () => {
    const before = new Set(captures());
    await editor.launch('Both');
    const made = () => captures().filter((name) => !before.has(name));
    await expect.poll(() => made().filter(isComplete).length).toBe(2);
    const [one, two] = made().sort().map(summaryOf);
    expect(one).toMatchObject({ aggregate: true, exit_status: 0 });
    expect(two?.memory_limit).toMatchObject({ bytes: 1e9, action: 'raise' });
  });

  test('what is wrong with an option is told at once, and marked in launch.json', async () => {
    await editor.launch('Wrong');
    await editor.dialog(/"memoryLimit" is not set\. Set it too\./).waitFor();
    await editor.dismissDialog();
  });

  test('a task runs in a terminal, asks nothing but its own input, and its figures come', async () => {
    await editor.openFile('seven.py');
    await editor.command('Tasks: Run Task');
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'hold seven' }).first().click();
    const input = editor.page.locator('.quick-input-widget', { hasText: 'Which script?' });
    await input.waitFor();
    await editor.answer('seven.py');
    await expect.poll(() => figureOf('seven.py', 2)).toBe('7.0\u00a0MB');
    await expect.poll(() => terminalText(editor)).toContain('seven MB');
  });

  test('a task that can not run says why where its output would be', async () => {
    await editor.command('Tasks: Run Task');
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'wrong task' }).first().click();
    await expect.poll(() => terminalText(editor)).toContain('"detail" is "all", but must be "objects" or "system".');
  });

  test('a run that is typed in a terminal is shown while it goes on, and when it has ended', async () => {
    await editor.openFile('holds.py');
    await editor.command('Terminal: Create New Terminal');
    await type(`${python} ${launcher} run holds.py`);
    await editor.statusItem(/Heap 9\.\d/).waitFor();
    await expect.poll(() => figureOf('holds.py', 2)).toMatch(/^9\.0\u00a0MB/);
    await keepScreenshot(editor, 'terminal-run');
    writeFileSync(path.join(folder, 'go-on'), '');
    await editor.statusItem(/Peak 9\.\d/).waitFor();
  });

  test('also when its capture lies outside the workspace', async () => {
    rmSync(path.join(folder, 'go-on'));
    await editor.openFile('outside.py');
    await type(`${python} ${launcher} run -q -o ${elsewhere}/far.alloclens outside.py`);
    await editor.statusItem(/Heap 11\.\d/).waitFor();
    writeFileSync(path.join(folder, 'go-on'), '');
    await editor.statusItem(/Peak 11\.\d/).waitFor();
    expect(await figureOf('outside.py', 2)).toBe('11.0\u00a0MB');
  });

  describe('an agent', () => {
    const ask = async (name: string, input: object, answer: 'Yes' | 'Cancel' | null) => {
      const place = path.join(folder, '.agent');
      mkdirSync(place, { recursive: true });
      rmSync(path.join(place, 'answer.json'), { force: true });
      writeFileSync(path.join(place, 'call.json'), json({ name, input }));
      await editor.command('Agent: Call Tool');
      if (answer) {
        const dialog = editor.dialog(/Run \w+\.py to profile its memory\?/);
        await dialog.waitFor();
        if (answer === 'Yes') await keepScreenshot(editor, 'agent-asks');
        if (answer === 'Yes') await dialog.locator('.monaco-button', { hasText: 'Yes' }).click();
        else await editor.dismissDialog();
      }
      await expect.poll(() => existsSync(path.join(place, 'answer.json'))).toBe(true);
      return JSON.parse(readFileSync(path.join(place, 'answer.json'), 'utf8')) as {
        known: string[];
        text?: string;
        error?: string;
      };
    };
    const script = () => ({ script: path.join(folder, 'two.py') });

    test('is offered the four tools, and runs nothing that the user does not allow', async () => {
      const before = captures().length;
      const { known, error } = await ask('alloclens_profile_script', script(), 'Cancel');
      expect(known.sort()).toEqual([
        'alloclens_compare_captures',
        'alloclens_profile_script',
        'alloclens_stacks_of_line',
        'alloclens_top_lines',
      ]);
      expect(error).toBeDefined();
      expect(captures().length).toBe(before);
    });

    test('gets the figures of the run that it asked for, and the user sees them too', async () => {
      const { text, error } = await ask('alloclens_profile_script', script(), 'Yes');
      expect(error).toBeUndefined();
      expect(text).toMatch(/^The script ended after .* \(exit code 0\)\./);
      expect(text).toMatch(/^1\. 2\.0 MB .*two\.py:1 <module>$/m);
      await expect.poll(() => figureOf('two.py', 1)).toBe('2.0\u00a0MB');
    });

    test('is told when its script goes on for too long', async () => {
      rmSync(path.join(folder, 'go-on'), { force: true });
      const { text } = await ask('alloclens_profile_script', { script: 'holds.py', timeout_s: 3 }, 'Yes');
      expect(text).toMatch(/^It was stopped after 3 s; the figures are of what it did until then\./);
      expect(text).toMatch(/^1\. 9\.0 MB .*holds\.py:2 <module>$/m);
    });

    test('asks about the capture that is shown, without a question to the user', async () => {
      const { text } = await ask('alloclens_top_lines', { measure: 'total', limit: 1 }, null);
      expect(text).toContain('holds.py:2 <module>');
    });

    test('is told in a sentence what is wrong with its input', async () => {
      const { error } = await ask('alloclens_top_lines', { limit: 0 }, null);
      expect(error).toContain('"limit" must be a whole number from 1 to 100, not 0.');
    });
  });

  nothingLeavesTheMachine();
});

function captures(): string[] {
  const folder = inject('captures');
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

function isComplete(capture: string): boolean {
  try {
    return summaryOf(capture).complete;
  } catch {
    return false; // it has only begun
  }
}

/** What stands in the terminal that is shown, long lines as one. */
async function terminalText(editor: Editor): Promise<string> {
  const rows = await editor.page.locator('.terminal-wrapper.active .xterm-rows > div').allTextContents();
  return rows.join('').replaceAll('\u00a0', ' ');
}
