import { expect, test } from 'vitest';
import { Capture } from './captureStore';
import { searchFrames } from './searchFrames';
import { GoldenCapture } from './testing/goldenCapture';

test('what frames are is compared here, their figures in the core', async () => {
  const golden = new GoldenCapture({
    frames: {
      total: 4,
      file: [null, '/w/ÄRGER.py', '/w/b.py', '/w/ärger.py'],
      line: [null, 1, 2, 3],
      function: [null, 'load', 'load', 'save'],
      first_line: [null, 1, 1, 1],
      origin: ['native', 'yours', 'yours', 'yours'],
    },
    threads: { threads: [{ id: 2, name: 'ärgerlich' }] } as never,
    count_frames: { frames: 5, bytes: 70 },
  });
  const capture = new Capture('/a', golden);
  const filter = '@bytes>1kB ärger';
  expect(await searchFrames(capture, { filter, measure: 'peak', split_threads: true })).toEqual({
    frames: 5,
    bytes: 70,
  });
  expect(golden.asked.at(-1)).toEqual({
    query: 'count_frames',
    measure: 'peak',
    split_threads: true,
    max_nodes: 0,
    places: [1, 3],
    threads: [2],
    amounts: [{ field: 'bytes', comparison: '>', value: 1000, negated: false }],
  });
});
