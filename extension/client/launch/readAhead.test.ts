import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAhead } from './readAhead';
import { temporaryFolder } from './temporaryFolder.testing';

test('a capture is read as soon as it is there, again and again until its program has ended', async () => {
  const capture = join(temporaryFolder(), 'growing.alloclens');
  const ended = new AbortController();
  let readings = 0;
  const reading = readAhead(
    capture,
    async () => {
      if (++readings === 2) ended.abort();
    },
    ended.signal,
    1,
  );
  expect(readings).toBe(0);
  writeFileSync(capture, '');
  await reading;
  expect(readings).toBe(2);
});

test('a capture that cannot be read is left to whoever opens it at the end', async () => {
  const capture = join(temporaryFolder(), 'broken.alloclens');
  writeFileSync(capture, '');
  let readings = 0;
  const read = async () => {
    readings++;
    throw new Error('damaged');
  };
  await readAhead(capture, read, new AbortController().signal, 1);
  expect(readings).toBe(3);
});
