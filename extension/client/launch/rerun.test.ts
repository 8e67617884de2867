import { expect, test } from 'vitest';
import { attributesOf } from './rerun';

const run = (kind: 'script' | 'module' | 'code', name: string, ...command: string[]) =>
  attributesOf({ target: { kind, name }, command, cwd: '/w', detail: 'objects' });

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
