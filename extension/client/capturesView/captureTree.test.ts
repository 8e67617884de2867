import { expect, test } from 'vitest';
import type { CaptureFacts } from './captureFacts';
import type { ListedCapture } from './captureList';
import { groupsOf, rowOf, targetOf, tooltipOf } from './captureTree';

const now = new Date(2026, 10, 23, 18, 0);

function capture(
  path: string,
  facts: Partial<CaptureFacts> | null = {},
  more: Partial<ListedCapture> = {},
): ListedCapture {
  const all: CaptureFacts = {
    runId: path,
    parentRunId: null,
    pid: 7,
    target: 'pipeline.py',
    command: ['python', 'pipeline.py', '--rows', '5'],
    cwd: '/w',
    pythonVersion: '3.12.1',
    startTimeMs: new Date(2026, 10, 23, 14, 32).getTime(),
    durationS: 6.2,
    peakBytes: 328_100_000,
    exitStatus: 0,
    complete: true,
    notes: [],
    ...facts,
  };
  const file = { path, size: 1_500_000, modified: new Date(2026, 10, 21, 9, 5).getTime() };
  return { file, facts: facts && all, defect: null, recording: false, name: undefined, pinned: false, ...more };
}

const text = (listed: ListedCapture, shown = false) => {
  const { label, description, icon } = rowOf(listed, shown, 'si', now);
  return `$(${icon}) ${label} | ${description}`.replaceAll('\u00a0', ' ');
};

test.each<[string, ListedCapture, string]>([
  ['a run of today', capture('a'), '$(flame) 328.1 MB | 14:32 · 6.2 s · --rows 5'],
  [
    'one of another day',
    capture('a', { startTimeMs: new Date(2026, 10, 21, 9, 5).getTime() }),
    '$(flame) 328.1 MB | 21 Nov 09:05 · 6.2 s · --rows 5',
  ],
  [
    'one of another year',
    capture('a', { startTimeMs: new Date(2025, 0, 2, 9, 5).getTime() }),
    '$(flame) 328.1 MB | 2 Jan 2025 09:05 · 6.2 s · --rows 5',
  ],
  [
    'one that runs',
    capture('a', { complete: false, exitStatus: null, startTimeMs: now.getTime() - 42_000 }, { recording: true }),
    '$(record) 328.1 MB | live · 42.0 s · --rows 5',
  ],
  [
    'one that was killed',
    capture('a', { complete: false, exitStatus: null }),
    '$(error) 328.1 MB | 14:32 · 6.2 s · --rows 5',
  ],
  ['one that failed', capture('a', { exitStatus: 1 }), '$(error) 328.1 MB | 14:32 · 6.2 s · --rows 5'],
  [
    'one with a name',
    capture('a', {}, { name: 'before the fix' }),
    '$(flame) before the fix | 328.1 MB · 14:32 · 6.2 s · --rows 5',
  ],
  ['one that is pinned', capture('a', {}, { pinned: true }), '$(pinned) 328.1 MB | 14:32 · 6.2 s · --rows 5'],
  ['one that is not read yet', capture('a', null), '$(flame) 21 Nov 09:05 | capture of 1.5 MB'],
  [
    'one that can’t be read',
    capture('a', null, { defect: 'a is damaged.' }),
    '$(warning) 21 Nov 09:05 | capture of 1.5 MB',
  ],
  [
    'one with a name that is not read yet',
    capture('a', null, { name: 'big' }),
    '$(flame) big | 21 Nov 09:05 · capture of 1.5 MB',
  ],
])('%s', (_, listed, expected) => expect(text(listed)).toBe(expected));

test('the one that is shown has an eye', () =>
  expect(text(capture('a'), true)).toBe('$(eye) 328.1 MB | 14:32 · 6.2 s · --rows 5'));

test('captures of one program stand together, in the order of the list', () => {
  const groups = groupsOf([capture('a'), capture('b', { target: 'inventory' }), capture('c')]);
  expect(groups.map(({ target, captures }) => [target, ...captures.map((branch) => branch.capture.file.path)])).toEqual(
    [
      ['pipeline.py', 'a', 'c'],
      ['inventory', 'b'],
    ],
  );
});

test('a child stands under its parent; without it in the list, by itself', () => {
  const groups = groupsOf([
    capture('child', { parentRunId: 'parent' }),
    capture('parent'),
    capture('orphan', { parentRunId: 'gone' }),
  ]);
  expect(groups).toMatchObject([
    {
      target: 'pipeline.py',
      captures: [
        { capture: { file: { path: 'parent' } }, children: [{ capture: { file: { path: 'child' } } }] },
        { capture: { file: { path: 'orphan' } }, children: [] },
      ],
    },
  ]);
});

test('a capture that names itself as its parent is listed', () => {
  expect(groupsOf([capture('a', { parentRunId: 'a' })])[0]?.captures).toHaveLength(1);
});

test.each([
  ['/c/alloclens-pipeline.py.20261123-143205.alloclens', 'pipeline.py'],
  ['/c/alloclens-pipeline.py.20261123-143205-2.alloclens', 'pipeline.py'],
  ['/w/alloclens-a.b.py.4711.alloclens', 'a.b.py'],
  ['/w/mine.alloclens', 'mine'],
])('the name of %s tells its program', (path, target) => expect(targetOf(capture(path, null))).toBe(target));

test('the tooltip tells command, folder, interpreter, file and what is wrong', () => {
  const listed = capture('/c/a.alloclens', { exitStatus: 1, notes: ['2 events were lost.'] });
  expect(tooltipOf(listed, 'si').map((line) => line.replaceAll('\u00a0', ' '))).toEqual([
    'python pipeline.py --rows 5',
    'in /w',
    'Python 3.12.1 · process 7 · Exit code 1',
    'Capture: /c/a.alloclens (1.5 MB)',
    '2 events were lost.',
  ]);
});

test('a process that another one started names its program, which stands in no row above it', () => {
  const child = capture('child', { parentRunId: 'parent', target: 'worker.py', command: ['python', 'worker.py'] });
  const [group] = groupsOf([capture('parent'), child]);
  expect(group?.captures[0]?.children[0]?.program).toBe('worker.py');
  expect(rowOf(child, false, 'si', now, 'worker.py').description).toMatch(/^worker\.py · 14:32/);
});
