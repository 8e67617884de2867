import { expect, test } from 'vitest';
import { splitArguments } from './argumentText';

test.each([
  ['', []],
  ['  ', []],
  ['one', ['one']],
  ['  one   two\tthree\n', ['one', 'two', 'three']],
  ["--label 'spare parts'", ['--label', 'spare parts']],
  ['--label="spare parts" x', ['--label=spare parts', 'x']],
  ['a\\ b', ['a b']],
  ['"say \\"hi\\"" \'C:\\dir\'', ['say "hi"', 'C:\\dir']],
  ['"" \'\'', ['', '']],
  ['$HOME *.py', ['$HOME', '*.py']],
  ['größe\u00a0x', ['größe\u00a0x']],
  ['it ends with \\', ['it', 'ends', 'with', '\\']],
])('%j is split into %j', (text, args) => {
  expect(splitArguments(text)).toEqual(args);
});

test.each(["it's", '"open', 'a "b\' c'])('%j has a quote that is not closed', (text) => {
  expect(splitArguments(text)).toBeNull();
});
