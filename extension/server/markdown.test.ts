import { expect, test } from 'vitest';
import { Command } from '../shared/contributions';
import { commandLink, escapeMarkdown, table, withoutCommands } from './markdown';

test.each([
  ['__init__', '\\_\\_init\\_\\_'],
  ['<listcomp>', '\\<listcomp\\>'],
  ['a|b', 'a\\|b'],
  ['$(flame)', '\\$\\(flame\\)'],
  ['[x](command:y)', '\\[x\\]\\(command\\:y\\)'],
  ['two\nlines', 'two lines'],
])('%j shows as it is', (name, escaped) => expect(escapeMarkdown(name)).toBe(escaped));

test('a link names its command and arguments', () => {
  const link = commandLink('f', Command.RevealLocation, { file: '/a (b)/c.py', line: 3 });
  const query = link.match(/^\[f\]\(command:alloclens\.revealLocation\?([^()]*)\)$/)?.[1] ?? '';
  expect(JSON.parse(decodeURIComponent(query))).toEqual([{ file: '/a (b)/c.py', line: 3 }]);
});

test('a table is as wide as its widest row', () => {
  expect(
    table('In', [
      ['1 B', 'f'],
      ['2 B', 'g', 'h.py:1'],
    ]).split('\n'),
  ).toEqual(['|  | **In** |  |', '|--:|:--|:--|', '| 1 B | f |  |', '| 2 B | g | h.py:1 |']);
});

test('an editor without our commands gets the words of links, and neither icons nor a line of commands', () => {
  const value = [
    '$(flame) **200.1 MB** at peak',
    '',
    `| 1.0 MB | ${commandLink(escapeMarkdown('load[0]'), Command.RevealLocation, { file: '/a(b).py', line: 1 })} |`,
    '',
    `${commandLink('$(flame) Show in Flame Graph', Command.OpenFlameGraph)} &nbsp; ${commandLink('Hide', Command.ClearFigures)}`,
  ].join('\n');
  const { contents } = withoutCommands({ contents: { kind: 'markdown', value } });
  const text = ['**200.1 MB** at peak', '', '| 1.0 MB | load\\[0\\] |'].join('\n');
  expect(contents).toEqual({ kind: 'markdown', value: text });
});
