/** Figures stay with their code: through formatting, another branch, and edits that were made while no editor had the file. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor } from './harness/editor';
import { nothingLeavesTheMachine } from './harness/network';
import { makeWorkspace } from './harness/workspace';

const program = `def load():
    rows=[bytes(1000) for _ in range(8_000)]
    return rows
def index(rows):
    return [bytes(500) for _ in rows]

kept = load()
more = index(kept)
tail = bytearray(6_000_000)
`;

describe('Edits', () => {
  let editor: Editor;
  let folder: string;
  let file: string;
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: folder, stdio: 'pipe' });
  const lineOf = (text: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;
  const isShown = (text: string) => editor.page.locator('.view-line', { hasText: text }).first().waitFor();
  /** By what stands on the line: whole figures, and `~` for those of another text. */
  const untilFigures = (expected: Record<string, RegExp>) =>
    expect
      .poll(async () => {
        const drawn = new Map((await editor.drawnFigures()).map(({ line, figure }) => [line, figure]));
        const wrong = Object.entries(expected).filter(([text, figure]) => !figure.test(drawn.get(lineOf(text)) ?? ''));
        return [drawn.size, wrong.map(([text]) => `${text}: ${drawn.get(lineOf(text))}`)];
      })
      .toEqual([Object.keys(expected).length, []]);
  const whole = {
    'bytes(1000)': /^8\.\d\sMB$/,
    'bytes(500)': /^4\.\d\sMB$/,
    'bytearray(6': /^6\.0\sMB$/,
  };

  beforeAll(async () => {
    folder = makeWorkspace({ 'rows.py': program });
    file = path.join(folder, 'rows.py');
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'one');
    editor = await Editor.open(folder);
    await editor.openFile('rows.py');
    await editor.command('AllocLens: Profile Memory');
    await editor.statusItem(/Peak \d/).waitFor();
  });
  afterAll(() => editor?.close());

  test('by a formatter leave figures on lines that it only moved, and mark what it changed', async () => {
    await untilFigures(whole);
    await editor.page.locator('.editor-instance .view-line').first().click();
    await editor.command('Format Document');
    await isShown('rows = [bytes(1000)');
    await editor.command('File: Save');
    await expect.poll(() => readFileSync(file, 'utf8')).toContain('rows = [bytes(1000)');
    await untilFigures({ ...whole, 'bytes(1000)': /^~8\.\d\sMB$/ });
    await editor.command('Undo');
    await untilFigures({ ...whole, 'bytes(1000)': /^~?8\.\d\sMB$/ });
    await editor.command('File: Revert File');
  });

  test('by another branch are followed there and back', async () => {
    git('checkout', '-q', '.');
    git('checkout', '-q', '-b', 'other');
    const other = `"""Another beginning."""\n\nimport sys\n\n${program.replace('bytes(500) for _ in rows', 'bytes(700) for _ in rows')}`;
    writeFileSync(file, other);
    git('commit', '-qam', 'two');
    git('checkout', '-q', 'main');
    await isShown('rows=[bytes(1000)');
    await untilFigures(whole);
    git('checkout', '-q', 'other');
    await isShown('Another beginning');
    const { 'bytes(500)': _, ...unchanged } = whole;
    await untilFigures({ ...unchanged, 'bytes(700)': /^~4\.\d\sMB$/ });
    git('checkout', '-q', 'main');
    await editor.page.locator('.view-line', { hasText: 'Another beginning' }).waitFor({ state: 'detached' });
    await untilFigures(whole);
  });

  test('that were made while no editor had the file are seen when it is opened', async () => {
    await editor.page.keyboard.press('Control+K');
    await editor.page.keyboard.press('Control+W');
    await editor.page.locator('.tab[data-resource-name="rows.py"]').first().waitFor({ state: 'detached' });
    writeFileSync(file, `# one\n# two\n${program.replace('bytearray(6_000_000)', 'bytearray(9_000_000)')}`);
    await editor.openFile('rows.py');
    const { 'bytearray(6': _, ...unchanged } = whole;
    await untilFigures({ ...unchanged, 'bytearray(9': /^~6\.0\sMB$/ });
  });

  nothingLeavesTheMachine();
});
