import { describe, expect, test } from 'vitest';
import manifest from '../../../package.json';
import { consoles, details, limitActions, memoryIntervals, problemOf } from './configuration';

describe('attributes that are fine', () => {
  test.each([
    [{ program: 'a.py' }],
    [{ module: 'package.module', args: ['1'] }],
    [{ code: 'print(1)', args: '1 2' }],
    [{ code: ['import a', 'a.run()'] }],
    [{ module: 'a', memoryLimit: '1.5 GB' }],
    [{ module: 'a', memoryLimit: '4096' }],
    [{ module: 'a', followChildren: true, native: true }],
    [{ module: 'a', memoryLimit: '1GB', memoryLimitAction: 'raise', aggregate: true, sources: false }],
    [{ module: 'a', memoryInterval: 1 }],
    [{ program: 'a.py', env: { A: 'b', PATH: null }, console: 'externalTerminal', detail: 'system' }],
  ])('%j', (attributes) => {
    expect(problemOf(attributes)).toBeNull();
  });
});

describe('each mistake gets a sentence at its field', () => {
  test.each<[Record<string, unknown>, string, string]>([
    [
      { request: 'attach', program: 'a.py' },
      'request',
      '"request" must be "launch": programs that already run can\'t be profiled yet.',
    ],
    [{}, 'program', 'Nothing to profile: set "program", "module" or "code" in the launch configuration.'],
    [
      { program: 'a.py', module: 'a' },
      'module',
      '"program" and "module" are both set. Keep exactly one of "program", "module" and "code".',
    ],
    [
      { module: 'a', code: 'a' },
      'code',
      '"module" and "code" are both set. Keep exactly one of "program", "module" and "code".',
    ],
    [{ program: '' }, 'program', '"program" is empty. Give it a value or remove it.'],
    [{ program: 1 }, 'program', '"program" must be a text, not 1.'],
    [{ program: 'a.py', cwd: ['x'] }, 'cwd', '"cwd" must be a text, not ["x"].'],
    [{ code: 1 }, 'code', '"code" must be a text or a list of lines.'],
    [{ program: 'a.py', args: [1] }, 'args', '"args" must be a list of texts, or one text.'],
    [{ program: 'a.py', args: "it's" }, 'args', '"args" has a quote that is not closed: it\'s'],
    [{ program: 'a.py', env: ['A'] }, 'env', '"env" must be an object of names and values.'],
    [{ program: 'a.py', env: { A: 1 } }, 'env', '"env" must give "A" a text, or null to remove it, not 1.'],
    [{ program: 'a.py', env: { 'A=B': '' } }, 'env', '"A=B" in "env" can\'t be the name of a variable.'],
    [
      { program: 'a.py', console: 'terminal' },
      'console',
      '"console" is "terminal", but must be "internalConsole", "integratedTerminal" or "externalTerminal".',
    ],
    [{ program: 'a.py', memoryLimit: 500 }, 'memoryLimit', '"memoryLimit" must be a text, not 500.'],
    [
      { program: 'a.py', memoryLimit: 'much' },
      'memoryLimit',
      '"memoryLimit" must be an amount of memory such as "500MB" or "2GiB", not "much".',
    ],
    [{ program: 'a.py', followChildren: 1 }, 'followChildren', '"followChildren" must be true or false, not 1.'],
    [{ program: 'a.py', native: 'yes' }, 'native', '"native" must be true or false, not "yes".'],
    [{ program: 'a.py', aggregate: 'no' }, 'aggregate', '"aggregate" must be true or false, not "no".'],
    [{ program: 'a.py', sources: 0 }, 'sources', '"sources" must be true or false, not 0.'],
    [
      { program: 'a.py', memoryLimit: '1GB', memoryLimitAction: 'stop' },
      'memoryLimitAction',
      '"memoryLimitAction" is "stop", but must be "kill" or "raise".',
    ],
    [
      { program: 'a.py', memoryLimitAction: 'raise' },
      'memoryLimitAction',
      '"memoryLimitAction" says what happens at the memory limit, but "memoryLimit" is not set. Set it too.',
    ],
    ...[0, 60_001, 2.5, '10'].map((given): [Record<string, unknown>, string, string] => [
      { program: 'a.py', memoryInterval: given },
      'memoryInterval',
      `"memoryInterval" must be 1 to 60000 milliseconds, not ${JSON.stringify(given)}.`,
    ]),
    [{ program: 'a.py', detail: 'all' }, 'detail', '"detail" is "all", but must be "objects" or "system".'],
  ])('%j', (attributes, field, message) => {
    expect(problemOf(attributes)).toEqual({ field, message });
  });
});

describe('the schema of launch.json', () => {
  const [debuggerOfOurs] = manifest.contributes.debuggers;
  const { properties } = debuggerOfOurs?.configurationAttributes.launch ?? { properties: null };

  test('knows every attribute', () => {
    expect(Object.keys(properties ?? {}).sort()).toEqual([
      'aggregate',
      'args',
      'captureDirectory',
      'code',
      'console',
      'cwd',
      'detail',
      'env',
      'envFile',
      'followChildren',
      'memoryInterval',
      'memoryLimit',
      'memoryLimitAction',
      'module',
      'native',
      'program',
      'python',
      'sources',
    ]);
  });

  test('offers the choices that code knows, each with a description', () => {
    expect(properties?.console.enum).toEqual([...consoles]);
    expect(properties?.console.enumDescriptions).toHaveLength(consoles.length);
    expect(properties?.detail.enum).toEqual([...details]);
    expect(properties?.detail.enumDescriptions).toHaveLength(details.length);
    expect(properties?.memoryLimitAction.enum).toEqual([...limitActions]);
    expect(properties?.memoryLimitAction.enumDescriptions).toHaveLength(limitActions.length);
  });

  test('has the bounds that code knows', () => {
    const { minimum: least, maximum: most } = properties?.memoryInterval ?? {};
    expect({ least, most }).toEqual(memoryIntervals);
  });

  test('snippets and initial configurations are complete', () => {
    const bodies = debuggerOfOurs?.configurationSnippets.map(({ body }) => body) ?? [];
    for (const configuration of [...bodies, ...(debuggerOfOurs?.initialConfigurations ?? [])]) {
      expect(configuration).toMatchObject({ type: 'alloclens', request: 'launch' });
      expect(problemOf(configuration)).toBeNull();
    }
  });
});
