import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followCapture } from './followCapture';
import { temporaryFolder } from './temporaryFolder.testing';

test('a capture is shown as soon as it is there, again and again until its program has ended', async () => {
  const capture = join(temporaryFolder(), 'growing.alloclens');
  const ended = new AbortController();
  const shown: boolean[] = [];
  const following = followCapture(
    capture,
    async (_, isNew) => {
      if (shown.push(isNew) === 3) ended.abort();
    },
    ended.signal,
    1,
  );
  expect(shown).toEqual([]);
  writeFileSync(capture, '');
  await following;
  expect(shown).toEqual([true, false, false]);
});

test('a capture that cannot be read is left to whoever opens it at the end', async () => {
  const capture = join(temporaryFolder(), 'broken.alloclens');
  writeFileSync(capture, '');
  let readings = 0;
  const read = async () => {
    readings++;
    throw new Error('damaged');
  };
  await followCapture(capture, read, new AbortController().signal, 1);
  expect(readings).toBe(3);
});
