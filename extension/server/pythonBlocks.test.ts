import { expect, test } from 'vitest';
import { blockEnds, classBlocks } from './pythonBlocks';

/** Text with `|` for a line's end. */
test.each([
  ['a function', 'def f():|    a|    b|c', 1, 3],
  ['a function at the end', 'def f():|    a', 1, 2],
  ['a function in one line', 'def f(): return 1|c', 1, 1],
  ['a signature over several lines', 'def f(|    a,|):|    b|c', 1, 4],
  ['a decorated function', '@cache|@other(|    1)|def f():|    a|c', 1, 5],
  ['a nested function', 'def f():|    def g():|        a|    b', 2, 3],
  ['a function with blank lines', 'def f():|    a||    b||c', 1, 4],
  ['a header with a comment', 'def f():  # why|    a|c', 1, 2],
])('%s ends with its last line', (_, text, first, last) => {
  expect(blockEnds(text.replaceAll('|', '\n'))(first)).toBe(last);
});

test.each([
  ['a class with its decorators', '@a|@b(1)|class A(B):|    x = 1||c', 'A 1-4'],
  ['a class in a class', 'class A:|    class B:|        x|    y|', 'A 1-4, B 2-3'],
  ['a generic class', 'class A[T]:|    x', 'A 1-2'],
  ['no class in prose or in a name', '# class A:|class_a = 1|"""|class of its own|"""', ''],
])('%s', (_, text, expected) => {
  const blocks = classBlocks(text.replaceAll('|', '\n'));
  expect(blocks.map(({ name, first_line, last_line }) => `${name} ${first_line}-${last_line}`).join(', ')).toBe(
    expected,
  );
});
