import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRecording } from './recording';

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
