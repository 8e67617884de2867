import { expect, test } from 'vitest';
import { frameNamed, frames } from '../testing/tree';
import { collapsedOf, speedscopeOf, textOf } from './export';

const root = frames(`
  All memory 100
    main 90 /app/main.py:9
      load;all 60 /app/main.py:20
        read 50 /lib/csv.py:7 lib
      save 20 /app/main.py:30
    other 5 +3`);

test('as text, callees stand indented below their callers', () => {
  expect(textOf(root, { total: 100, units: 'si' })).toBe(
    [
      '    100 B  100 %  All memory',
      '     90 B   90 %    main  main.py:9',
      '     60 B   60 %      load;all  main.py:20',
      '     50 B   50 %        read  csv.py:7',
      '     20 B   20 %      save  main.py:30',
      '      5 B  5.0 %    3 smaller frames',
      '',
    ].join('\n'),
  );
});

test('as collapsed stacks, own bytes add up to the whole', () => {
  const lines = collapsedOf(root).trim().split('\n');
  expect(lines).toEqual([
    'All memory 5',
    'main (main.py:9) 10',
    'main (main.py:9);load,all (main.py:20) 10',
    'main (main.py:9);load,all (main.py:20);read (csv.py:7) 50',
    'main (main.py:9);save (main.py:30) 20',
    '3 smaller frames 5',
  ]);
  expect(lines.reduce((sum, line) => sum + Number(line.split(' ').pop()), 0)).toBe(100);
});

test('of what is zoomed to, only that is written', () => {
  expect(collapsedOf(frameNamed(root, 'load;all')).trim().split('\n')).toEqual([
    'load,all (main.py:20) 10',
    'read (csv.py:7) 50',
  ]);
});

test('for speedscope, weights are bytes and each frame is written once', () => {
  const { shared, profiles } = JSON.parse(speedscopeOf(root, 'pipeline'));
  expect(shared.frames).toHaveLength(6);
  expect(shared.frames[1]).toEqual({ name: 'main', file: '/app/main.py', line: 9 });
  expect(profiles[0].weights.reduce((sum: number, weight: number) => sum + weight, 0)).toBe(100);
  expect(profiles[0].samples).toHaveLength(profiles[0].weights.length);
});
