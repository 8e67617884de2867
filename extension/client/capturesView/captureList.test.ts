import { beforeEach, expect, test } from 'vitest';
import type { Memento } from 'vscode';
import type { Summary } from '../../shared/capture';
import type { CaptureFile } from './captureFacts';
import { CaptureList, LARGEST_TO_READ } from './captureList';
import { CaptureMarks } from './captureMarks';

class FakeMemento implements Memento {
  private readonly values = new Map<string, unknown>();
  keys = () => [...this.values.keys()];
  get = <T>(key: string, fallback?: T) => (this.values.get(key) ?? fallback) as T;
  update = async (key: string, value: unknown) => void this.values.set(key, value);
}

let files: CaptureFile[];
let read: string[];
let recording: Set<string>;
let memento: FakeMemento;
let list: CaptureList;

const newList = () =>
  new CaptureList(
    {
      find: async () => files,
      summarize: async (path, grows) => {
        read.push(grows ? `${path} grows` : path);
        if (path === '/damaged') throw new Error('/damaged is damaged.');
        const start = Number(path.slice(1));
        return {
          run_id: path,
          start_time_ms: start,
          pid: start,
          target: { name: 'a.py' },
          complete: !recording.has(path),
        } as Summary;
      },
      isRecording: (path) => recording.has(path),
      isRecordedByAnybody: (path) => recording.has(path),
    },
    new CaptureMarks(memento),
  );
const file = (path: string, size = 10, modified = 0): CaptureFile => ({ path, size, modified });
const paths = () => list.captures.map((capture) => capture.file.path);

beforeEach(() => {
  files = [file('/1'), file('/3'), file('/2')];
  read = [];
  recording = new Set();
  memento = new FakeMemento();
  list = newList();
});

test('captures are read once and listed newest first', async () => {
  await list.refresh();
  await list.refresh();
  expect(paths()).toEqual(['/3', '/2', '/1']);
  expect(read).toEqual(['/1', '/3', '/2']);
});

test('what was read is known in the next window', async () => {
  await list.refresh();
  list = newList();
  await list.refresh();
  expect(read).toEqual(['/1', '/3', '/2']);
  expect(list.captures[0]?.facts?.runId).toBe('/3');
});

test('one that changed is read again', async () => {
  await list.refresh();
  files = [file('/1', 20)];
  await list.refresh();
  expect(read.slice(3)).toEqual(['/1']);
});

test('one that grows is read each time, and left open for the next', async () => {
  files = [file('/1')];
  recording.add('/1');
  await list.refresh();
  files = [file('/1', 20, 1)];
  await list.refresh();
  expect(list.captures[0]?.recording).toBe(true);
  recording.clear();
  files = [file('/1', 20, 2)];
  await list.refresh();
  await list.refresh();
  expect(read).toEqual(['/1', '/1 grows', '/1']);
  expect(list.captures[0]?.recording).toBe(false);
});

test('one that grows is told as it was read last, until it is read again', async () => {
  files = [file('/1')];
  recording.add('/1');
  await list.refresh();
  files = [file('/1', LARGEST_TO_READ + 1, 1)];
  const told: unknown[] = [];
  list.onDidChange(() => told.push(list.captures[0]?.facts?.runId));
  await list.refresh();
  expect(told).toEqual(['/1']);
  expect(list.captures[0]?.recording).toBe(true);
});

test('is looked for once when somebody needs to know', async () => {
  await list.known();
  await list.known();
  expect(paths()).toEqual(['/3', '/2', '/1']);
  expect(read).toEqual(['/1', '/3', '/2']);
});

test('a large one waits until somebody opens it', async () => {
  files = [file('/1', LARGEST_TO_READ + 1)];
  await list.refresh();
  expect(read).toEqual([]);
  await list.learn(files[0] as CaptureFile, { run_id: 'x', target: { name: 'a.py' } } as Summary);
  expect(list.captures[0]?.facts?.runId).toBe('x');
});

test('one that can’t be read says why, and is not tried again before it changes', async () => {
  files = [file('/damaged')];
  await list.refresh();
  await list.refresh();
  expect(list.captures[0]?.defect).toBe('/damaged is damaged.');
  expect(read).toEqual(['/damaged']);
});

test('one that is too large to be read for the list is known to be recorded', async () => {
  files = [file('/1', LARGEST_TO_READ + 1)];
  recording.add('/1');
  await list.refresh();
  expect(read).toEqual([]);
  expect(list.captures[0]).toMatchObject({ facts: null, recording: true });
  recording.delete('/1');
  await list.refresh();
  expect(list.captures[0]).toMatchObject({ facts: null, recording: false });
});

test('names and pins stay with the file, and go with it', async () => {
  await list.refresh();
  await list.rename('/1', ' before ');
  await list.pin('/1', true);
  await list.pin('/2', true);
  await list.pin('/2', false);
  const marks = () => list.captures.map(({ file: { path }, name, pinned }) => [path, name, pinned]);
  expect(marks()).toEqual([
    ['/3', undefined, false],
    ['/2', undefined, false],
    ['/1', 'before', true],
  ]);
  files = [];
  await list.refresh();
  files = [file('/1')];
  await list.refresh();
  expect(marks()).toEqual([['/1', undefined, false]]);
});

test('a change during a refresh is one more round', async () => {
  const first = list.refresh();
  files = [file('/4')];
  const second = list.refresh();
  await Promise.all([first, second]);
  expect(paths()).toEqual(['/4']);
});
