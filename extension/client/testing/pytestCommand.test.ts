import { expect, test } from 'vitest';
import { problemOfRun, pytestCommand, pytestEnvironment } from './pytestCommand';

test('the options of the person stand before the tests', () => {
  const words = pytestCommand({
    python: '/p',
    folder: '/f',
    options: ['-m', 'not slow'],
    tests: ['/w/a.py::test_b[x y]'],
    without: ['/w/a.py::test_c'],
  });
  expect(words.slice(0, 3)).toEqual(['/p', '-m', 'pytest']);
  expect(words.slice(-4)).toEqual(['-m', 'not slow', '--alloclens-deselect=/w/a.py::test_c', '/w/a.py::test_b[x y]']);
});

test('the package is found first, and what was there stays', () => {
  expect(pytestEnvironment('/x', {})).toEqual({ PYTHONPATH: '/x' });
  expect(pytestEnvironment('/x', { PYTHONPATH: '/a:/b' })).toEqual({ PYTHONPATH: '/x:/a:/b' });
});

const end = { exitCode: 1, signal: null, output: '', python: '/p' };

test.each([
  [
    { output: '/p: No module named pytest\n' },
    'pytest is not installed for /p. Install it there (/p -m pip install pytest)',
  ],
  [{ signal: 'SIGSEGV', exitCode: null }, 'pytest was ended by SIGSEGV.'],
  [{ exitCode: 3 }, 'pytest failed with an error of its own: see its output.'],
  [
    { exitCode: 4, output: '\u001b[31mERROR: usage: no such option\u001b[0m\n' },
    'pytest could not begin: usage: no such option',
  ],
  [{ exitCode: 137 }, 'pytest ended with exit code 137: see its output.'],
])('%j is told as a sentence', (more, sentence) => {
  expect(problemOfRun({ ...end, ...more })?.sentence).toContain(sentence);
});

test.each([0, 1, 2, 5])('exit code %i is no problem of the run', (exitCode) => {
  expect(problemOfRun({ ...end, exitCode })).toBeNull();
});
