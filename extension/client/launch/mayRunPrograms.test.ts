import { beforeEach, expect, test } from 'vitest';
import { window, workspace } from 'vscode';
import { mayRunPrograms } from './mayRunPrograms';

let said: string[];
beforeEach(() => {
  said = [];
  Object.assign(window, {
    showErrorMessage: async (sentence: string) => {
      said.push(sentence);
    },
  });
  Object.assign(workspace, { isTrusted: true });
});

test('on Linux in a trusted folder, nothing is said', () => {
  expect(mayRunPrograms('linux')).toBe(true);
  expect(said).toEqual([]);
});

test('Windows is told in one sentence where to open the folder', () => {
  expect(mayRunPrograms('win32')).toBe(false);
  expect(said).toEqual([
    'On Windows, open this folder in WSL or in a dev container to profile it: programs are recorded on Linux.',
  ]);
});

test('a folder that is not trusted runs nothing', () => {
  Object.assign(workspace, { isTrusted: false });
  expect(mayRunPrograms('linux')).toBe(false);
  expect(said).toHaveLength(1);
});
