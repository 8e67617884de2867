import { describe, expect, test } from 'vitest';
import { commandLine } from './commandLine';
import type { ResolvedLaunch } from './configuration';

const launch: ResolvedLaunch = {
  target: { kind: 'program', path: '/w/app.py' },
  args: [],
  cwd: '/w',
  env: {},
  python: '/usr/bin/python3',
  console: 'integratedTerminal',
  captureDirectory: '/c',
  stopGraceMs: 5000,
};

describe('the command line', () => {
  test.each<[string, Partial<ResolvedLaunch>, string]>([
    ['of a script', {}, '/w/app.py'],
    ['of a script with arguments', { args: ['-o', 'x y'] }, '/w/app.py|-o|x y'],
    ['of a module', { target: { kind: 'module', name: 'app.main' }, args: ['-q'] }, '-m|app.main|-q'],
    ['of code', { target: { kind: 'code', text: 'import a\na.run()' } }, '-c|import a\na.run()'],
    ['with a limit', { memoryLimit: '2GiB' }, '--memory-limit|2GiB|/w/app.py'],
    ['with its children', { followChildren: true }, '--follow-children|/w/app.py'],
    [
      'with a limit that raises',
      { memoryLimit: '1GB', memoryLimitAction: 'raise' },
      '--memory-limit|1GB|--memory-limit-action|raise|/w/app.py',
    ],
    ['with sums alone', { aggregate: true }, '--aggregate|/w/app.py'],
    ['without sources', { sources: false }, '--no-sources|/w/app.py'],
    ['with its resident memory looked at less often', { memoryInterval: 100 }, '--memory-interval|100|/w/app.py'],
    ['with native stacks', { native: true }, '--native|/w/app.py'],
    ['with a detail', { detail: 'system' }, '--detail|system|/w/app.py'],
  ])('%s', (_, given, rest) => {
    const words = commandLine({ ...launch, ...given }, '/x/__main__.py', '/c/a.alloclens');
    expect(words.join('|')).toBe(`/usr/bin/python3|/x/__main__.py|run|-q|-o|/c/a.alloclens|${rest}`);
  });

  test('into a pipe prints without delay', () => {
    const words = commandLine({ ...launch, console: 'internalConsole' }, '/x/__main__.py', '/c/a.alloclens');
    expect(words.slice(0, 3)).toEqual(['/usr/bin/python3', '-u', '/x/__main__.py']);
  });
});
