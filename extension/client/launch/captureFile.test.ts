import { existsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { newCaptureFile } from './captureFile';
import { temporaryFolder } from './temporaryFolder.testing';

const now = new Date(2024, 0, 31, 9, 5, 59);
const script = { kind: 'program', path: '/w/größe und maß.py' } as const;

test('a capture is named after its program and time, in a folder that is made', () => {
  const folder = join(temporaryFolder(), 'a', 'b');
  expect(newCaptureFile(folder, script, now)).toBe(
    join(folder, 'alloclens-größe und maß.py.20240131-090559.alloclens'),
  );
  expect(existsSync(folder)).toBe(true);
});

test('two captures of a second have two names', () => {
  const folder = temporaryFolder();
  const first = newCaptureFile(folder, { kind: 'module', name: 'a.b' }, now);
  writeFileSync(first, '');
  const second = newCaptureFile(folder, { kind: 'module', name: 'a.b' }, now);
  expect([first, second].map((path) => basename(path))).toEqual([
    'alloclens-a.b.20240131-090559.alloclens',
    'alloclens-a.b.20240131-090559-2.alloclens',
  ]);
});

test('a name that is too long for a file is cut between letters', () => {
  const path = newCaptureFile(temporaryFolder(), { kind: 'program', path: `/w/x${'ß'.repeat(120)}.py` }, now);
  expect(basename(path)).toBe(`alloclens-x${'ß'.repeat(99)}.20240131-090559.alloclens`);
  writeFileSync(path, '');
});

test.each([
  ['file/captures', 'a file is in the way'],
  ['file', 'a file is in the way'],
  ['/proc/captures', 'it does not exist'],
])('a folder that can not be made is named, with the reason and what to do: %s', (name, why) => {
  const folder = resolve(temporaryFolder({ file: '' }), name);
  expect(() => newCaptureFile(folder, script)).toThrow(
    `Captures can't be written to ${folder} (${why}). Set "captureDirectory" to a folder that can be written to.`,
  );
});
