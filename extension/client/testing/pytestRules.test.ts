import { describe, expect, test } from 'vitest';
import { defaultRules, isTestFile, rulesOf } from './pytestRules';

const rulesIn = (files: Record<string, string>) => rulesOf((name) => files[name] ?? null);

describe('the rules of a project', () => {
  test.each([
    ['pytest.ini', '[pytest]\npython_files = check_*.py\n    *_check.py\ntestpaths = a b/c\n'],
    ['tox.ini', '[tox]\npython_files = no.py\n[pytest]\npython_files = check_*.py *_check.py\ntestpaths: a b/c\n[x]\n'],
    [
      'setup.cfg',
      '[tool:pytest]\r\npython_files =\r\n  # ours\r\n  check_*.py\r\n  *_check.py\r\ntestpaths = a b/c\r\n',
    ],
    [
      'pyproject.toml',
      '[tool.pytest.ini_options]\npython_files = [\n  "check_*.py", # ours\n  "*_check.py",\n]\ntestpaths = "a b/c"\n',
    ],
    ['pytest.toml', "[pytest]\npython_files = ['check_*.py', '*_check.py']\ntestpaths = ['a', 'b/c']\n"],
  ])('are read from %s', (name, text) => {
    expect(rulesIn({ [name]: text })).toEqual({
      ...defaultRules,
      files: ['check_*.py', '*_check.py'],
      paths: ['a', 'b/c'],
    });
  });

  test('are pytest’s own where its configuration says nothing of them', () => {
    expect(rulesIn({ 'pytest.ini': '' })).toEqual(defaultRules);
    expect(rulesIn({ 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-q"\n' })).toEqual(defaultRules);
  });

  test('are not there where nothing configures pytest', () => {
    expect(rulesIn({})).toBeNull();
    expect(rulesIn({ 'pyproject.toml': '[project]\nname = "pytest"\n', 'setup.cfg': '[metadata]\n' })).toBeNull();
  });

  test('come from the first file that has some', () => {
    const pyproject = '[tool.pytest.ini_options]\npython_files = "a.py"\n';
    expect(rulesIn({ 'pytest.ini': '[pytest]\npython_files = b.py', 'pyproject.toml': pyproject })?.files).toEqual([
      'b.py',
    ]);
  });
});

test.each([
  ['tests/test_a.py', {}, true],
  ['a_test.py', {}, true],
  ['tests/a.py', {}, false],
  ['test_a.pyi', {}, false],
  ['tests/a.py', { files: ['tests/*.py'] }, true],
  ['tests/a.py', { files: ['[!b].py'] }, true],
  ['tests/unit/test_a.py', { paths: ['./tests/'] }, true],
  ['other/test_a.py', { paths: ['tests'] }, false],
  ['test_a.py', { paths: ['.'] }, true],
  ['x/tests/test_a.py', { paths: ['*/tests'] }, true],
])('%s by %j: %s', (path, rules, expected) => {
  expect(isTestFile(path, { ...defaultRules, ...rules })).toBe(expected);
});
