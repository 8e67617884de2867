/** The editor's budgets, in a real VS Code: `npm run bench -- --editor`. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, inject, test } from 'vitest';
import { launcher, python } from '../../scripts/lib/paths.mjs';
import { Editor } from '../../tests/e2e/harness/editor';
import { descendants } from '../../tests/e2e/harness/processes';
import { makeWorkspace, newestCapture, summaryOf } from '../../tests/e2e/harness/workspace';
import { largeCapture } from './captures';
import { pageOf, timed } from './panel';
import { keep, note } from './results';
import { typingTimes } from './typing';

afterAll(keep);

const rounds = 5;
const megabytes = (bytes: number) => bytes / 1e6;

function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Of the extension host and the language server. */
function noteProcesses(of: string): void {
  const all = descendants(inject('editorPid'));
  const server = all.find(({ command }) => command.includes('dist/server.cjs'));
  const host = all.find(({ command }) => command.includes('type=extensionHost'));
  if (server) note(`language server, ${of}`, [megabytes(residentBytes(server.pid))], 'MB');
  if (host) note(`extension host, ${of}`, [megabytes(residentBytes(host.pid))], 'MB');
}

describe.each([
  { of: '30 M events', script: 'bench/programs/object_churn.py', args: ['7500000'] },
  { of: '4.8 M distinct stacks', script: 'bench/editor/stacks.py', args: ['14'] },
])('a capture of $of', ({ of, script, args }) => {
  test('is opened, looked at and taken apart', async () => {
    const folder = makeWorkspace();
    const capture = largeCapture(folder, script, ...args);
    const { events } = summaryOf(capture);
    const name = `${of} (${(events / 1e6).toFixed(0)} M events)`;
    const editor = await Editor.open(folder);
    await editor.openFile(path.basename(script));
    const opened = performance.now();
    await editor.openTab(path.basename(capture));
    await editor.webview().locator('g.frame').first().waitFor({ timeout: 120_000 });
    note(`open a capture of ${name}, until the flame graph is drawn`, [performance.now() - opened], 'ms');
    const page = await pageOf(editor);
    await page.locator('#progress').waitFor({ state: 'hidden' });

    const paints: number[] = [];
    for (let i = 0; i < 3; i++) {
      await editor.page.locator('.tab.active').first().click();
      await editor.page.keyboard.press('Control+W');
      await editor.page.locator('iframe.webview').first().waitFor({ state: 'detached' });
      await editor.openFile(path.basename(script));
      const began = performance.now();
      await editor.page.locator('a[aria-label^="Open Flame Graph"]').first().click();
      await editor.webview().locator('g.frame').first().waitFor();
      paints.push(performance.now() - began);
    }
    note(`flame graph of ${name}: first paint, with the panel opened`, paints, 'ms', 500);
    const panel = await pageOf(editor);
    await panel.locator('#progress').waitFor({ state: 'hidden' });
    const repeat = async (action: Parameters<typeof timed>[1], back: Parameters<typeof timed>[1]) => {
      const times: number[] = [];
      for (let i = 0; i < rounds; i++) {
        times.push(await timed(panel, action));
        await panel.waitForTimeout(300);
        await timed(panel, back);
        await panel.waitForTimeout(300);
      }
      return times;
    };
    note(`${name}: zoom`, await repeat('zoom', 'reset'), 'ms', 100);
    note(`${name}: search`, await repeat('search', 'search'), 'ms', 100);
    note(`${name}: switch of measure, all parts of the panel`, await repeat('total', 'peak'), 'ms', 500);
    note(
      `${name}: brushed range, all parts of the panel`,
      [await timed(panel, 'range')],
      'ms',
      of.startsWith('30') ? 1000 : undefined,
    );
    await timed(panel, 'whole');
    noteProcesses(`capture of ${name}`);
    const heap = await panel.evaluate(
      () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
    );
    note(`webview's JavaScript heap, capture of ${name}`, [megabytes(heap)], 'MB');
    await editor.close();
  });
});

/** 10,000 lines, of which 300 and more have figures. */
function longProgram(): string {
  const lines = ['kept = []'];
  for (let i = 0; lines.length < 10_000; i++) {
    lines.push(i % 25 === 0 ? `kept.append(bytearray(${400_000 + i}))` : `x${i} = ${i}`);
  }
  return `${lines.join('\n')}\n`;
}

test('typing in a file of 10,000 lines with figures is as quick as without', async () => {
  const editor = await Editor.open(makeWorkspace({ 'long.py': longProgram() }));
  await editor.openFile('long.py');
  await editor.command('AllocLens: Profile Memory');
  await editor.statusItem(/Peak \d/).waitFor();
  await editor.figures();
  await editor.page
    .locator('.part.panel .codicon-panel-close')
    .first()
    .click()
    .catch(() => undefined);
  await editor.goToLine(5000);
  await editor.page.keyboard.press('End');
  const times = { with: [] as number[], without: [] as number[], ratio: [] as number[] };
  const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1]!;
  for (let i = 0; i < 4; i++) {
    const shown = await typingTimes(editor.page, 40);
    await editor.command('AllocLens: Clear Figures');
    await editor.goToLine(5000);
    await editor.page.keyboard.press('End');
    const cleared = await typingTimes(editor.page, 40);
    await editor.command('AllocLens: Show Figures');
    await editor.figures();
    await editor.goToLine(5000);
    await editor.page.keyboard.press('End');
    times.with.push(...shown);
    times.without.push(...cleared);
    times.ratio.push(median(shown) / median(cleared));
  }
  note('a key in a file of 10,000 lines without figures', times.without, 'ms');
  note('a key in the same file with 300 figures', times.with, 'ms');
  note('the same as a ratio, alternating', times.ratio, '×', 1.1);
  await editor.close();
});

const live = `import sys, time


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def make(count):
    alive = []
    for i in range(count):
        alive.append(Point(i, [i]))
        if len(alive) == 5000:
            alive.clear()


began = time.process_time(), time.perf_counter()
make(2_500_000)
open(sys.argv[1], "w").write("%f %f" % (time.process_time() - began[0], time.perf_counter() - began[1]))
`;

test('a program that is watched is hardly slower than one that nobody looks at', async () => {
  const configuration = {
    name: 'watched',
    type: 'alloclens',
    request: 'launch',
    program: '${workspaceFolder}/live.py',
  };
  const configurations = [{ ...configuration, args: ['took.txt'] }];
  const folder = makeWorkspace({
    'live.py': live,
    '.vscode/launch.json': JSON.stringify({ version: '0.2.0', configurations }),
  });
  const editor = await Editor.open(folder);
  await editor.openFile('live.py');
  const took = () => Number(readFileSync(path.join(folder, 'took.txt'), 'utf8').split(' ')[1]);
  const ends: number[] = [];
  const watched: number[] = [];
  const alone: number[] = [];
  for (let i = 0; i < 4; i++) {
    execFileSync(python, [launcher, 'run', '-q', '-f', '-o', path.join(folder, 'alone.bin'), 'live.py', 'took.txt'], {
      cwd: folder,
    });
    alone.push(took());
    await editor.launch('watched');
    await editor.statusItem(/Heap \d/).waitFor();
    if (i === 0) await editor.command('AllocLens: Open Flame Graph');
    await editor.statusItem(/Peak \d/).waitFor({ timeout: 120_000 });
    const seen = Date.now();
    ends.push(seen - summaryOf(newestCapture()).end_time_ms);
    watched.push(took());
  }
  // The first run also opens the panel.
  note(
    'live: a program of 10 M events that lines, lenses and panel follow, beside the same alone',
    watched.slice(1).map((each, i) => each / alone[i + 1]!),
    '×',
    1.05,
  );
  note('from the program’s end to its last figures on the screen, 10 M events', ends.slice(1), 'ms', 500);
  noteProcesses('after live runs of 10 M events');
  await editor.close();
});
