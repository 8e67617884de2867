/** The editor's budgets, in a real VS Code: `npm run bench -- --editor`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { inRoot, launcher } from '../../scripts/lib/paths.mjs';
import { activationTime } from '../../tests/e2e/harness/activation';
import { Editor } from '../../tests/e2e/harness/editor';
import { makeWorkspace, newestCapture, summaryOf } from '../../tests/e2e/harness/workspace';
import { largeCapture } from './captures';
import { whenSettled } from './ending';
import { heapOf, noteProcesses } from './memory';
import { type Action, pageOf, scriptLoaded, type Took, timed } from './panel';
import { keep, note } from './results';
import { typingTimes } from './typing';

afterAll(({ tasks }) => keep(tasks));

const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1]!;

test('the extension is small, and ready at once', async () => {
  note('VSIX', [statSync(inRoot('dist/packages/alloclens-linux-x64.vsix')).size / 1e6], 'MB', 6);
  const editor = await Editor.open(makeWorkspace());
  await editor.openFile('prices.py');
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    if (i > 0) await editor.reload();
    times.push((await activationTime(editor)) ?? Number.NaN);
  }
  note('activation', times, 'ms', 50);
  noteProcesses('no capture');
  await editor.close();
});

describe.each([
  { of: '30 M events', script: 'bench/programs/object_churn.py', args: ['2500000'], term: 'make' },
  { of: '4.8 M distinct stacks', script: 'bench/editor/stacks.py', args: ['14'], term: 'walk' },
])('a capture of $of', ({ of, script, args, term }) => {
  test('is opened, looked at and taken apart', async () => {
    const folder = makeWorkspace();
    const capture = largeCapture(folder, script, ...args);
    const { events } = summaryOf(capture);
    const name = of.endsWith('events') ? `${(events / 1e6).toFixed(0)} M events` : of;
    const editor = await Editor.open(folder);
    // Without the 150 ms in which frames glide to their places.
    await editor.page.emulateMedia({ reducedMotion: 'reduce' });
    await editor.openFile(path.basename(script));
    const before = await heapOf(editor);
    const row = editor.page.locator('.explorer-folders-view .monaco-list-row', { hasText: path.basename(capture) });
    await row.waitFor();
    const opened = performance.now();
    await row.dblclick();
    await editor.webview().locator('g.frame').first().waitFor({ timeout: 120_000 });
    note(`${name}: capture read and shown, by a double click`, [performance.now() - opened], 'ms');
    await pageOf(editor);
    noteProcesses(name);

    const paints: number[] = [];
    const loads: number[] = [];
    for (let i = 0; i < 3; i++) {
      await editor.page.locator('.tab', { hasText: / · |\.alloclens/ }).click({ button: 'middle' });
      await editor.page.locator('iframe.webview').first().waitFor({ state: 'detached' });
      await editor.openFile(path.basename(script));
      const open = editor.page.locator('a[aria-label^="Open Flame Graph"]').first();
      await open.waitFor();
      const began = Date.now();
      await open.click();
      await editor.webview().locator('g.frame').first().waitFor();
      paints.push(Date.now() - began);
      loads.push((await scriptLoaded(await pageOf(editor))) - began);
    }
    note(`${name}: first paint of the flame graph, with its panel opened`, paints, 'ms', 500);
    note(`${name}: of that, until VS Code has opened the panel and loaded its script`, loads, 'ms');
    const panel = await pageOf(editor);
    const repeat = async (action: Action, back: Action, what?: string) => {
      const times: Took[] = [];
      for (let i = 0; i < 5; i++) {
        times.push(await timed(panel, action, what));
        await timed(panel, back);
      }
      return times;
    };
    const zooms = await repeat('zoom', 'reset');
    note(
      `${name}: zoom, drawn`,
      zooms.map(({ drawn }) => drawn),
      'ms',
      100,
    );
    note(`${name}: the first zoom, with the finer frames that it asks for`, [zooms[0]!.whole], 'ms');
    note(
      `${name}: search`,
      (await repeat('search', 'search', term)).map(({ whole }) => whole),
      'ms',
    );
    const [first, ...again] = await repeat('total', 'peak');
    note(`${name}: another measure for the first time, all of the panel`, [first!.whole], 'ms');
    note(
      `${name}: the same again`,
      again.map(({ whole }) => whole),
      'ms',
    );
    const ranges: number[] = [];
    for (const range of ['middle', 'half', 'most'] as const) ranges.push((await timed(panel, range)).whole);
    note(`${name}: brushed range, all of the panel`, ranges, 'ms', of === '30 M events' ? 1000 : undefined);
    await timed(panel, 'whole');
    note(`${name}: JavaScript heap of the panel’s page`, [((await heapOf(editor)) - before) / 1e6], 'MB');
    noteProcesses(`${name}, looked at`);
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
  const settings = JSON.stringify({ 'alloclens.lineThreshold': 0 });
  const editor = await Editor.open(makeWorkspace({ 'long.py': longProgram(), '.vscode/settings.json': settings }));
  await editor.openFile('long.py');
  await editor.command('AllocLens: Profile Memory');
  await editor.statusItem(/Peak \d/).waitFor();
  const goToMiddle = async () => {
    await editor.goToLine(5000);
    await editor.page.keyboard.press('End');
  };
  const shown: number[] = [];
  const cleared: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < 4; i++) {
    await goToMiddle();
    await editor.figures();
    const withFigures = await typingTimes(editor.page, 40);
    await editor.command('AllocLens: Clear Figures');
    await goToMiddle();
    const without = await typingTimes(editor.page, 40);
    await editor.command('AllocLens: Show Figures');
    shown.push(...withFigures);
    cleared.push(...without);
    ratios.push(median(withFigures) / median(without));
  }
  note('a key in a file of 10,000 lines without figures', cleared, 'ms');
  note('a key in the same file with 300 figures', shown, 'ms');
  note('the same as a ratio, alternating', ratios, '×');
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


time.sleep(1)  # The editor has seen it by then.
began = time.process_time(), time.perf_counter()
make(int(sys.argv[1]))
open("took.txt", "w").write("%f %f" % (time.process_time() - began[0], time.perf_counter() - began[1]))
`;

test('a program that is watched is hardly slower than one that nobody looks at, and its figures are there at once', async () => {
  const launch = { type: 'alloclens', request: 'launch', program: '${workspaceFolder}/live.py' };
  const configurations = [
    { ...launch, name: 'long', args: ['4000000'] },
    { ...launch, name: 'short', args: ['850000'] },
  ];
  const folder = makeWorkspace({
    'live.py': live,
    '.vscode/launch.json': JSON.stringify({ version: '0.2.0', configurations }),
  });
  const editor = await Editor.open(folder);
  await editor.openFile('live.py');
  const took = () => readFileSync(path.join(folder, 'took.txt'), 'utf8').split(' ').map(Number);
  const watch = async (name: string) => {
    await editor.launch(name);
    await editor.statusItem(/Heap \d/).waitFor();
    const { lines, lenses } = await whenSettled(editor);
    const { end_time_ms } = summaryOf(newestCapture());
    return { lines: lines - end_time_ms, lenses: lenses - end_time_ms };
  };
  await watch('short');
  const [interpreter = ''] = summaryOf(newestCapture()).command;
  await editor.command('AllocLens: Open Flame Graph');
  await pageOf(editor);

  const ratios = { processor: [] as number[], wall: [] as number[] };
  for (let i = 0; i < 5; i++) {
    const alone = path.join(folder, 'alone.bin');
    execFileSync(interpreter, [launcher, 'run', '-q', '-f', '-o', alone, 'live.py', '4000000'], { cwd: folder });
    const [processor = 0, wall = 0] = took();
    await watch('long');
    const [watchedProcessor = 0, watchedWall = 0] = took();
    ratios.processor.push(watchedProcessor / processor);
    ratios.wall.push(watchedWall / wall);
  }
  const events = summaryOf(newestCapture()).events / 1e6;
  const what = `a program of ${events.toFixed(0)} M events that lines, lenses and panel follow, beside the same alone`;
  note(`live: ${what}, processor time`, ratios.processor, '×');
  note('the same by the clock', ratios.wall, '×', 1.05);
  const ends = [];
  for (let i = 0; i < 5; i++) ends.push(await watch('short'));
  const few = (summaryOf(newestCapture()).events / 1e6).toFixed(0);
  const end = `from the end of a program of ${few} M events to its last figures`;
  note(
    `${end} on lines`,
    ends.map(({ lines }) => lines),
    'ms',
    500,
  );
  note(
    `${end} in lenses`,
    ends.map(({ lenses }) => lenses),
    'ms',
  );
  noteProcesses('after live runs');
  await editor.close();
});
