import { expect, test } from 'vitest';
import { attributesOf } from './rerun';

const recorded = { cwd: '/w', detail: 'objects' as const, aggregate: false, memory_limit: null, children: [] };

const run = (kind: 'script' | 'module' | 'code', name: string, ...command: string[]) =>
  attributesOf({ ...recorded, target: { kind, name }, command });

test('a script runs again with its arguments', () => {
  expect(run('script', 'app.py', 'python3', '-u', 'app.py', '-n', '5')).toEqual({
    program: '/w/app.py',
    args: ['-n', '5'],
    cwd: '/w',
    detail: 'objects',
  });
});

test('by the same interpreter when its path is known', () => {
  expect(run('script', '/x/app.py', '/venv/bin/python', '/x/app.py')).toMatchObject({
    program: '/x/app.py',
    python: '/venv/bin/python',
  });
});

test('a module and code run again', () => {
  expect(run('module', 'a.b', 'python', '-m', 'a.b', '1')).toMatchObject({ module: 'a.b', args: ['1'] });
  expect(run('code', '-c', 'python', '-c', 'print(1)', '1')).toMatchObject({ code: 'print(1)', args: ['1'] });
});

test('a command line that does not name what ran can not be repeated', () => {
  expect(run('script', '<stdin>', 'python', '-')).toBeNull();
  expect(run('script', 'app.py')).toBeNull();
});

test('what it was recorded with stays', () => {
  const target = { kind: 'module', name: 'a' } as const;
  const limit = { bytes: 5e6, action: 'raise', refused: 0, reached: null } as const;
  const child = { pid: 2, how: 'fork' as const, time_ms: 0, command: ['python'], capture: 'c', not_followed: null };
  const withAll = { ...recorded, aggregate: true, memory_limit: limit, children: [child] };
  expect(attributesOf({ ...withAll, target, command: ['python', '-m', 'a'] })).toMatchObject({
    aggregate: true,
    memoryLimit: '5000000B',
    memoryLimitAction: 'raise',
    followChildren: true,
  });
});
