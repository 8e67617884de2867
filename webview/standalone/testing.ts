/** A small run for tests: two threads, three parts of a second each. */
import type { Moments } from '../../extension/shared/capture';

/**
 * main → load → (read 10, parse 30 bytes) on thread 1, loop → parse on thread 2.
 * Part 0: read 10 (kept), parse 30 (freed in part 1). Part 1: parse on thread 2 50 (kept). Part 2: read 5, temporary.
 */
export const run: Moments = {
  times: [0, 1, 2, 3],
  peaks: [40, 60, 65],
  threads: [
    { id: 1, kernel_id: 100, name: 'MainThread' },
    { id: 2, kernel_id: 101, name: 'loop' },
  ],
  parent: [0, 0, 1, 2, 2, 0, 5, 2],
  thread: [0, 1, 1, 1, 1, 2, 2, 1],
  place: [0, 1, 2, 3, 4, 5, 4, 0],
  folded: [0, 0, 0, 0, 0, 0, 0, 3],
  places: {
    file: [-1, 1, 1, 2, 2, 1],
    function: [0, 3, 4, 5, 6, 7],
    line: [0, 10, 20, 30, 40, 50],
    first_line: [0, 9, 19, 29, 39, 49],
    origin: [0, 0, 0, 1, 1, 0],
  },
  strings: ['(no Python line)', '/app/main.py', '/usr/lib/python3.12/json.py', 'main', 'load', 'read', 'parse', 'loop'],
  total: entries([3, 0, 10, 1], [4, 0, 30, 3], [6, 1, 50, 1], [3, 2, 5, 1]),
  temporary: entries([3, 2, 5, 1]),
  peak: entries([3, 0, 10, 1], [4, 0, 30, 3], [4, 1, -30, -3], [6, 1, 50, 1], [3, 2, 5, 1]),
  live: { ...entries([3, 0, 10, 1], [4, 0, 30, 3], [4, 1, -30, -3], [6, 1, 50, 1]), made: [0, 0, 0, 1] },
};

function entries(...rows: [node: number, part: number, bytes: number, allocations: number][]): Moments['total'] {
  const column = (place: 0 | 1 | 2 | 3) => rows.map((row) => row[place]);
  return { node: column(0), part: column(1), bytes: column(2), allocations: column(3) };
}
