import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseInterpreter, type InterpreterSources } from './interpreter';
import { temporaryFolder } from './temporaryFolder.testing';

/** Everything is there; tests take away from the top. */
const everything = {
  'configured/python*': '',
  'setting/python*': '',
  'selected/python*': '',
  'project/.venv/bin/python*': '',
  'project/venv/bin/python*': '',
  'bin/python3*': '',
  'bin/python*': '',
  'bin/python3.12*': '',
  'project/notes.txt': '',
};

async function choose(files: Record<string, string>, given: (root: string) => Partial<InterpreterSources>) {
  const root = temporaryFolder({ 'project/app.py': '', ...files });
  const chosen = await chooseInterpreter({
    configured: undefined,
    setting: '',
    selected: async () => undefined,
    folder: join(root, 'project'),
    home: root,
    path: `/absent::${join(root, 'bin')}`,
    ...given(root),
  });
  return typeof chosen === 'string'
    ? chosen.slice(root.length + 1)
    : { ...chosen, message: chosen.message.replaceAll(root, '') };
}

describe('the first that was chosen or is found is taken', () => {
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(everything).filter(([name]) => !names.includes(name)));
  const all = (root: string) => ({
    configured: join(root, 'configured/python'),
    setting: join(root, 'setting/python'),
    selected: async () => join(root, 'selected/python'),
  });
  const { stringify } = JSON;
  test.each<[string, Record<string, string>, (root: string) => Partial<InterpreterSources>]>([
    ['configured/python', everything, all],
    ['setting/python', everything, (root) => ({ ...all(root), configured: undefined })],
    ['selected/python', everything, (root) => ({ selected: all(root).selected })],
    ['project/.venv/bin/python', everything, () => ({})],
    ['project/venv/bin/python', without('project/.venv/bin/python*'), () => ({})],
    ['bin/python3', everything, () => ({ folder: undefined })],
    ['bin/python3', without('project/.venv/bin/python*', 'project/venv/bin/python*'), () => ({})],
    ['bin/python', without('bin/python3*'), () => ({ folder: undefined })],
  ])(`%s`, async (expected, files, given) => {
    expect(await choose(files, given), stringify(Object.keys(files))).toBe(expected);
  });
});

describe('a choice may be written in short', () => {
  test.each([
    ['a name on PATH', 'python3.12', 'bin/python3.12'],
    ['relative to the folder', '.venv/bin/python', 'project/.venv/bin/python'],
    ['relative to home', '~/setting/python', 'setting/python'],
  ])('%s', async (_, configured, expected) => {
    expect(await choose(everything, () => ({ configured }))).toBe(expected);
  });
});

describe('a choice that can not be followed is refused, not passed over', () => {
  test.each<[string, Partial<InterpreterSources>, string, string]>([
    [
      'absent',
      { configured: 'absent/python' },
      'configured',
      'The interpreter /project/absent/python, chosen by "python" in the launch configuration, does not exist. Set it to another one, or remove it.',
    ],
    [
      'below a file',
      { configured: 'app.py/python' },
      'configured',
      'The interpreter /project/app.py/python, chosen by "python" in the launch configuration, does not exist. Set it to another one, or remove it.',
    ],
    [
      'a folder',
      { setting: '~/bin' },
      'setting',
      'The interpreter /bin, chosen by the setting alloclens.python, is a folder. Set it to another one, or clear it.',
    ],
    [
      'a plain file',
      { configured: './notes.txt' },
      'configured',
      'The interpreter /project/notes.txt, chosen by "python" in the launch configuration, is not an executable file. Set it to another one, or remove it.',
    ],
    [
      'a name that is not on PATH',
      { setting: 'python9' },
      'setting',
      'The interpreter python9, chosen by the setting alloclens.python, is not on PATH. Set it to another one, or clear it.',
    ],
    [
      'what the Python extension selected',
      { selected: async () => '/absent/python' },
      'selected',
      'The interpreter /absent/python, chosen by the Python extension, does not exist. Select another one.',
    ],
  ])('%s', async (_, given, origin, message) => {
    expect(await choose(everything, () => given)).toEqual({ origin, message });
  });
});

test('a machine without Python is told so', async () => {
  expect(await choose({}, () => ({}))).toMatchObject({
    origin: 'none',
    message: expect.stringContaining('No Python was found'),
  });
});
