import { describe, expect, test } from 'vitest';
import { parseEnvFile, programEnvironment } from './environment';

describe('a file of variables', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['export A=1', { A: '1' }],
    ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['# comment\n\nA=1 # why\n', { A: '1' }],
    ['A="two words"\nB=\'say "hi"\'', { A: 'two words', B: 'say "hi"' }],
    ['A="first\nsecond"', { A: 'first\nsecond' }],
    ['A=\nB=x', { A: '', B: 'x' }],
    ['not a variable\nA=1', { A: '1' }],
    ['URL=https://host/?a=b', { URL: 'https://host/?a=b' }],
    ['GRÖSSE=1\nA=1', { A: '1' }],
    ['', {}],
  ])('%j gives %j', (text, variables) => {
    expect(parseEnvFile(text)).toEqual(variables);
  });
});

describe("the program's environment", () => {
  test('is that of the host, less what VS Code sets for itself', () => {
    const host = { HOME: '/home/me', VSCODE_IPC_HOOK: 'x', ELECTRON_RUN_AS_NODE: '1', EMPTY: '' };
    expect(programEnvironment(host, {})).toEqual({ HOME: '/home/me', EMPTY: '' });
  });

  test('is changed as configured, and no further', () => {
    const host = { HOME: '/home/me', LANG: 'C' };
    const env = programEnvironment(host, { LANG: null, VSCODE_MINE: '1', PYTHONPATH: 'lib' });
    expect(env).toEqual({ HOME: '/home/me', VSCODE_MINE: '1', PYTHONPATH: 'lib' });
  });
});
