import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../launch/temporaryFolder.testing';
import { newRunFolder } from './testCaptures';

test('captures of the last three runs are kept, also of those in the same moment', () => {
  const base = join(temporaryFolder(), 'a', 'tests');
  const now = new Date(2024, 0, 1);
  const runs = [1, 2, 3, 4, 5].map(() => basename(newRunFolder(base, now)));
  expect(new Set(runs).size).toBe(5);
  expect(readdirSync(base).sort()).toEqual(runs.slice(-3));
});
