import { describe, expect, test } from 'vitest';
import { frames } from '../testing/tree';
import { walk } from './frame';
import { search } from './search';

const root = frames(`
  All memory 100
    <module> 95 /app/main.py:9
      load(fast) 60 /app/main.py:20
        Reader.next 50 /lib/csv.py:7 lib
          Reader.next 40 /lib/csv.py:9 lib
      Save* 20 /app/main.py:30
      memory 1 c
    other 5 +3`);

/** The frames in order, hits in brackets. */
const found = (term: string) => {
  const hits = new Set(search(root, term)?.frames);
  return Array.from(walk(root), (frame) => (hits.has(frame) ? `[${frame.name}]` : frame.name)).join(' ');
};

describe('a search for', () => {
  test.each([
    ['reader', 'All memory <module> load(fast) [Reader.next] [Reader.next] Save* memory other'],
    ['READER', 'All memory <module> load(fast) [Reader.next] [Reader.next] Save* memory other'],
    ['CSV.py', 'All memory <module> load(fast) [Reader.next] [Reader.next] Save* memory other'],
    ['(', 'All memory <module> [load(fast)] Reader.next Reader.next Save* memory other'],
    ['*', 'All memory <module> load(fast) Reader.next Reader.next [Save*] memory other'],
    ['[a-z]+', 'All memory <module> load(fast) Reader.next Reader.next Save* memory other'],
    ['<module>', 'All memory [<module>] load(fast) Reader.next Reader.next Save* memory other'],
    [' save ', 'All memory <module> load(fast) Reader.next Reader.next [Save*] memory other'],
    ['o', 'All memory [<module>] [load(fast)] Reader.next Reader.next Save* [memory] other'],
    ['all memory', 'All memory <module> load(fast) Reader.next Reader.next Save* memory other'],
  ])('%s finds %s', (term, result) => {
    expect(found(term)).toBe(result);
  });

  test('nothing is no search', () => {
    expect(search(root, '  ')).toBeNull();
  });
});

test('a hit below a hit is not counted again', () => {
  expect(search(root, 'reader')?.bytes).toBe(50);
  expect(search(root, 'main.py')?.bytes).toBe(95);
});
