import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveLaunch } from './resolveLaunch';
import { temporaryFolder } from './temporaryFolder.testing';

const files = { 'app.py': '', 'sub/app.py': '', '.env': '# of the app\nA=1\nB="two words"\n' };

function resolved(attributes: Record<string, unknown>, folder: string | undefined, home = '/home/nobody') {
  return resolveLaunch(attributes, { folder, home, captureDirectory: '/captures', stopGraceMs: 5000 });
}

test('what is not said has a default', () => {
  const folder = temporaryFolder(files);
  expect(resolved({ program: join(folder, 'app.py') }, folder)).toEqual({
    target: { kind: 'program', path: join(folder, 'app.py') },
    args: [],
    cwd: folder,
    env: {},
    console: 'internalConsole',
    captureDirectory: '/captures',
    stopGraceMs: 5000,
  });
});

describe('each attribute is completed', () => {
  test.each<[string, Record<string, unknown>, (folder: string) => Record<string, unknown>]>([
    ['a relative program', { program: 'app.py' }, (f) => ({ target: { kind: 'program', path: join(f, 'app.py') } })],
    [
      'a program relative to cwd',
      { program: 'app.py', cwd: 'sub' },
      (f) => ({ target: { kind: 'program', path: join(f, 'sub/app.py') }, cwd: join(f, 'sub') }),
    ],
    ['a module', { module: 'app' }, () => ({ target: { kind: 'module', name: 'app' } })],
    ['code in lines', { code: ['a = 1', 'print(a)'] }, () => ({ target: { kind: 'code', text: 'a = 1\nprint(a)' } })],
    ['arguments in one text', { module: 'app', args: '-n 5 "a b"' }, () => ({ args: ['-n', '5', 'a b'] })],
    ['an environment file', { module: 'app', envFile: '.env' }, () => ({ env: { A: '1', B: 'two words' } })],
    [
      'env before envFile',
      { module: 'app', envFile: '.env', env: { A: 'mine', B: null } },
      () => ({ env: { A: 'mine', B: null } }),
    ],
    ['a folder for captures', { module: 'app', captureDirectory: 'c' }, (f) => ({ captureDirectory: join(f, 'c') })],
    ['detail', { module: 'app', detail: 'system' }, () => ({ detail: 'system' })],
    ['a limit', { module: 'app', memoryLimit: '500MB' }, () => ({ memoryLimit: '500MB' })],
    ['children', { module: 'app', followChildren: true }, () => ({ followChildren: true })],
    [
      'what a limit does',
      { module: 'app', memoryLimit: '1GB', memoryLimitAction: 'raise' },
      () => ({ memoryLimit: '1GB', memoryLimitAction: 'raise' }),
    ],
    ['sums alone', { module: 'app', aggregate: true }, () => ({ aggregate: true })],
    ['no sources', { module: 'app', sources: false }, () => ({ sources: false })],
    ['the interval', { module: 'app', memoryInterval: 50 }, () => ({ memoryInterval: 50 })],
    ['native stacks', { module: 'app', native: true }, () => ({ native: true })],
    ['home', { module: 'app', captureDirectory: '~/c' }, () => ({ captureDirectory: '/home/nobody/c' })],
  ])('%s', (_, attributes, expected) => {
    const folder = temporaryFolder(files);
    expect(resolved(attributes, folder)).toMatchObject(expected(folder));
  });
});

test('without a workspace, a script runs in its own folder and code in the home folder', () => {
  const folder = temporaryFolder(files);
  expect(resolved({ program: join(folder, 'sub/app.py') }, undefined)).toMatchObject({ cwd: join(folder, 'sub') });
  expect(resolved({ code: 'pass' }, undefined, folder)).toMatchObject({ cwd: folder });
});

describe('what does not exist is named, with what to do', () => {
  test.each([
    [{ program: 'absent.py' }, 'program', '/absent.py does not exist. Set "program" to a Python file.'],
    [
      { program: 'app.py', cwd: 'absent' },
      'cwd',
      '/absent does not exist. Set "cwd" to the folder that the program is to run in.',
    ],
    [{ program: 'app.py', cwd: 'app.py' }, 'cwd', '/app.py does not exist. Set "cwd" to the folder'],
    [
      { program: 'app.py', envFile: 'absent.env' },
      'envFile',
      '/absent.env can\'t be read (it does not exist). Set "envFile" to a file of NAME=value lines.',
    ],
    [{ program: 'app.py', envFile: 'sub' }, 'envFile', "/sub can't be read (it is a folder)."],
    [{ console: 'none', program: 'app.py' }, 'console', '"console" is "none"'],
  ])('%j', (attributes, field, message) => {
    expect(resolved(attributes, temporaryFolder(files))).toEqual({ field, message: expect.stringContaining(message) });
  });
});
