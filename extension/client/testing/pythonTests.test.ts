import { expect, test } from 'vitest';
import { defaultRules } from './pytestRules';
import { type DefinedTest, testsOf } from './pythonTests';

/** `name line-lastLine` of each test, those of a class in brackets behind it. */
const outline = (tests: DefinedTest[]): string =>
  tests
    .map(({ name, line, lastLine, children }) => {
      const inside = children.length > 0 ? ` (${outline(children)})` : '';
      return `${name} ${line}-${lastLine}${inside}`;
    })
    .join(', ');

const found = (text: string, rules = defaultRules) => outline(testsOf(text, rules));

test.each([
  ['def test_a():\n    pass\n', 'test_a 0-1'],
  ['async def test_a():\n    pass\n\n\nx = 1\n', 'test_a 0-1'],
  ['def test_a(\n    x,\n):\n    pass\ndef testb(): pass', 'test_a 0-3, testb 4-4'],
  [
    'class TestA:\n    def test_b(self):\n        pass\n\n    def test_c(self): pass\n',
    'TestA 0-4 (test_b 1-2, test_c 4-4)',
  ],
  ['class TestA:\n  class TestB:\n    def test_c(self): pass\n', 'TestA 0-2 (TestB 1-2 (test_c 2-2))'],
  ['if True:\n    def test_a(): pass\n', 'test_a 1-1'],
  ['\tdef test_a(): pass\r\n', 'test_a 0-0'],
  ['def test_größe(): pass', 'test_größe 0-0'],
])('%j has %s', (text, expected) => {
  expect(found(text)).toBe(expected);
});

test.each([
  ['a helper', 'def helper(): pass'],
  ['a function in a test', 'def helper():\n    def test_inner(): pass'],
  ['a class by another name', 'class Helper:\n    def test_a(self): pass'],
  ['a class that is made with arguments', 'class TestA:\n    def __init__(self): pass\n    def test_a(self): pass'],
  ['a class without tests', 'class TestA:\n    x = 1'],
  ['a comment', '# def test_a(): pass'],
  ['a text', 'CODE = """\ndef test_a(): pass\n"""'],
  ['a text with quotes', "CODE = '''\nit's \\''' \"\"\"\ndef test_a(): pass\n'''"],
  ['a text that is not closed', 'CODE = """\ndef test_a(): pass\n'],
])('%s is no test', (_, text) => {
  expect(found(text)).toBe('');
});

test('what follows a text is found', () => {
  expect(
    found('CODE = """\ndef test_a(): pass\n"""\ndef test_b():\n    "it\'s # none"\n    """\nend\n"""\n    pass'),
  ).toBe('test_b 3-8');
});

test('a unittest class has its tests by unittest’s rule, whatever its name', () => {
  expect(found('class Numbers(unittest.TestCase):\n    def testAdd(self): pass\n    def helper(self): pass')).toBe(
    'Numbers 0-2 (testAdd 1-1)',
  );
  expect(found('class Waits(\n    Mixin,\n    IsolatedAsyncioTestCase,\n):\n    async def test_a(self): pass')).toBe(
    'Waits 0-4 (test_a 4-4)',
  );
});

test('a test begins at its first decorator', () => {
  const [first] = testsOf('x = 1\n@a\n@b(\n    1,\n)\ndef test_a(): pass', defaultRules);
  expect(first).toMatchObject({ firstLine: 1, line: 5 });
});

test('names follow the project’s own rules', () => {
  const rules = { ...defaultRules, classes: ['Describe', '*Suite'], functions: ['it_', 'check*'] };
  const text =
    'def it_works(): pass\ndef check1(): pass\ndef test_a(): pass\nclass MySuite:\n  def it_is(self): pass\nclass TestA:\n  def it_is(self): pass';
  expect(found(text, rules)).toBe('it_works 0-0, check1 1-1, MySuite 3-4 (it_is 4-4)');
});
