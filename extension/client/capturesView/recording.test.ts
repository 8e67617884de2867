import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRecordedByAnybody, isRecording, stopRecording } from './recording';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'recording-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a process records what it holds open, by whatever way its folder is reached', () => {
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));
  const descriptor = openSync(join(folder, 'real', 'a.alloclens'), 'w');
  expect(isRecording(join(folder, 'real', 'a.alloclens'), process.pid)).toBe(true);
  expect(isRecording(join(folder, 'link', 'a.alloclens'), process.pid)).toBe(true);
  closeSync(descriptor);
  expect(isRecording(join(folder, 'link', 'a.alloclens'), process.pid)).toBe(false);
});

test('one that is gone is recorded by nobody', () => {
  expect(isRecording(join(folder, 'gone.alloclens'), process.pid)).toBe(false);
});

test('of a capture whose process is not known, whoever writes it records it; readers do not', () => {
  const path = join(folder, 'a.alloclens');
  const writer = openSync(path, 'w+');
  expect(isRecordedByAnybody(path)).toBe(true);
  closeSync(writer);
  const reader = openSync(path, 'r');
  expect(isRecordedByAnybody(path)).toBe(false);
  closeSync(reader);
  expect(isRecordedByAnybody(join(folder, 'gone.alloclens'))).toBe(false);
});

test('a program is stopped while it records, and left alone when it does not', async () => {
  const path = join(folder, 'a.alloclens');
  const descriptor = openSync(path, 'w');
  const recording = spawn('sleep', ['60'], { stdio: ['ignore', descriptor, 'ignore'] });
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  closeSync(descriptor);
  try {
    await Promise.all([once(recording, 'spawn'), once(other, 'spawn')]);
    const ended = once(recording, 'exit');
    expect(stopRecording(path, other.pid!)).toBe(false);
    expect(stopRecording(path, recording.pid!)).toBe(true);
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(stopRecording(path, recording.pid!)).toBe(false);
    expect(other.signalCode).toBeNull();
  } finally {
    recording.kill('SIGKILL');
    other.kill('SIGKILL');
  }
});
