import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LaunchAttributes } from './configuration';
import { problemOfTask, taskCommand } from './taskCommand';
import { temporaryFolder } from './temporaryFolder.testing';

test.each<[Record<string, unknown>, string | null]>([
  [{ type: 'alloclens', program: '${file}', args: ['1'] }, null],
  [
    { type: 'alloclens', program: 'a.py', console: 'internalConsole' },
    'A task has no "console"; launch.json has. Remove it.',
  ],
  [{ type: 'alloclens', program: 'a.py', detail: 'all' }, '"detail" is "all", but must be "objects" or "system".'],
])('%j: %s', (definition, problem) => {
  expect(problemOfTask(definition)).toBe(problem);
});

/** Runs a task with a launcher that only writes down its words, its process and a variable. */
function run(task: LaunchAttributes): { pid: string; words: string[]; variable: string } {
  const folder = temporaryFolder({ 'launcher.sh': 'printf "%s\\n" "$$" "${GREETING-none}" "$@" >"$FOLDER/told"\n' });
  const places = { python: '/bin/sh', launcher: join(folder, 'launcher.sh'), captures: '/c d' };
  const { command, args, env } = taskCommand(task, places);
  execFileSync(command, args, { env: { GREETING: 'Servus', FOLDER: folder, ...env } });
  const [pid = '', variable = '', ...words] = readFileSync(join(folder, 'told'), 'utf8').trimEnd().split('\n');
  return { pid, words, variable };
}

test('the capture is named by the process that is the program', () => {
  const { pid, words } = run({ program: '/w/app.py', args: ['two words', '-q'] });
  expect(words).toEqual(['run', '-q', '-o', `/c d/alloclens-app.py.${pid}.alloclens`, '/w/app.py', 'two words', '-q']);
});

test('variables are left to VS Code, in the name too', () => {
  const { pid, words } = run({ program: '${file}', native: true });
  expect(words).toEqual(['run', '-q', '-o', `/c d/alloclens-task.${pid}.alloclens`, '--native', '${file}']);
});

test('variables of the environment are set and removed', () => {
  expect(run({ module: 'a' }).variable).toBe('Servus');
  expect(run({ module: 'a', env: { GREETING: 'Hallo' } }).variable).toBe('Hallo');
  const { variable, pid, words } = run({ module: 'a', env: { GREETING: null } });
  expect(variable).toBe('none');
  expect(words[3]).toBe(`/c d/alloclens-a.${pid}.alloclens`);
});
