import { describe, expect, test } from 'vitest';
import manifest from '../../package.json';
import { extensionName } from '../shared/contributions';
import { checkedInput } from './input';
import { agentTools, profileScript, stacksOfLine, topLines } from './tools';

test('VS Code is told of the same tools, with the same words and schemas', () => {
  const contributed = manifest.contributes.languageModelTools.map(({ name, modelDescription, inputSchema }) => ({
    name,
    description: modelDescription,
    inputSchema,
  }));
  const ours = agentTools.map(({ name, description, inputSchema }) => ({
    name: `${extensionName}_${name}`,
    description,
    inputSchema,
  }));
  expect(contributed).toEqual(JSON.parse(JSON.stringify(ours)));
});

describe('an input', () => {
  test('has its defaults put in', () => {
    expect(checkedInput({ limit: 5 }, topLines.inputSchema)).toEqual({ measure: 'peak', by: 'yours', limit: 5 });
    expect(checkedInput({ script: 'a.py' }, profileScript.inputSchema)).toEqual({ script: 'a.py', timeout_s: 120 });
  });

  test.each([
    [topLines, { captures: 1 }, 'There is no input "captures". There are: capture, measure, by, file, limit.'],
    [topLines, { measure: 'most' }, '"measure" must be one of peak, unfreed, total, temporary, not "most".'],
    [topLines, { limit: 1e9 }, '"limit" must be a whole number from 1 to 100, not 1000000000.'],
    [topLines, { limit: '5' }, '"limit" must be a whole number from 1 to 100, not "5".'],
    [topLines, { file: '' }, '"file" must be a text that is not empty, not "".'],
    [profileScript, { script: 'a.py', args: 'x' }, '"args" must be a list of at most 200 texts, not "x".'],
    [profileScript, { script: 'a.py', args: [1] }, '"args" must be a list of at most 200 texts, not [1].'],
    [stacksOfLine, { file: '/a.py' }, '"line" is missing: Number of the line, from 1.'],
    [stacksOfLine, 'text', '"file" is missing: Absolute path of the source file, as top_lines names it.'],
  ])('%j', ({ inputSchema }, input, sentence) => {
    expect(() => checkedInput(input, inputSchema)).toThrow(sentence);
  });

  test('may not name what every object has', () => {
    expect(() => checkedInput(JSON.parse('{"constructor": 1}'), topLines.inputSchema)).toThrow(
      'no input "constructor"',
    );
  });
});
