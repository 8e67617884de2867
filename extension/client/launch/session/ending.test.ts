import { describe, expect, test } from 'vitest';
import { endingOf, type Run } from './ending';

const run: Run = {
  target: { kind: 'program', path: '/w/app.py' },
  python: '/usr/bin/python3',
  end: { exitCode: 0, signal: null },
  durationS: 12.4,
  stopped: false,
  captured: true,
  stderr: '',
};

describe('a program that ran', () => {
  test.each<[Partial<Run>, string, boolean]>([
    [{}, 'The script ended after 12.4\u00a0s (exit code 0).', false],
    [{ end: { exitCode: 1, signal: null } }, 'The script ended with an error (exit code 1).', true],
    [
      { target: { kind: 'module', name: 'a' }, end: { exitCode: 2, signal: null }, stderr: 'usage: a' },
      'The module ended with an error (exit code 2).',
      true,
    ],
    [{ stopped: true, end: { exitCode: null, signal: 'SIGTERM' } }, 'Stopped by you after 12.4\u00a0s.', false],
    [{ stopped: true, end: { exitCode: 0, signal: null } }, 'Stopped by you after 12.4\u00a0s.', false],
    [
      { end: { exitCode: null, signal: 'SIGKILL' } },
      'Killed by the system after 12.4\u00a0s, perhaps because memory ran out.',
      true,
    ],
    [{ end: { exitCode: null, signal: 'SIGSEGV' } }, 'The script crashed (SIGSEGV) after 12.4\u00a0s.', true],
    [
      { target: { kind: 'code', text: '' }, end: { exitCode: null, signal: 'SIGTERM' } },
      'The code was ended by another program (SIGTERM) after 12.4\u00a0s.',
      true,
    ],
    [
      { end: { exitCode: null, signal: 'SIGHUP' }, stderr: null },
      'The script ended with its terminal after 12.4\u00a0s.',
      false,
    ],
    [{ end: { exitCode: null, signal: 'SIGINT' } }, 'The script was interrupted after 12.4\u00a0s.', false],
  ])('%j', (given, sentence, failed) => {
    expect(endingOf({ ...run, ...given })).toEqual({
      sentence,
      failed,
      cutShort: failed,
      stopped: given.stopped ?? false,
      interpreterRefused: false,
    });
  });
});

describe('a program that was not started', () => {
  const notStarted = { ...run, captured: false };

  test('because of its interpreter: the launcher says why', () => {
    const why = 'AllocLens cannot track Python 3.7. Choose a release build of CPython 3.8 to 3.15.';
    const ending = endingOf({ ...notStarted, end: { exitCode: 2, signal: null }, stderr: `alloclens: ${why}\n` });
    expect(ending).toMatchObject({ sentence: why, failed: true, interpreterRefused: true });
  });

  test('because of something else: the launcher says why', () => {
    const why = 'There is no module named absent.';
    const ending = endingOf({ ...notStarted, end: { exitCode: 2, signal: null }, stderr: `alloclens: ${why}\n` });
    expect(ending).toMatchObject({ sentence: why, failed: true, interpreterRefused: false });
  });

  test('because the interpreter is no Python', () => {
    const ending = endingOf({
      ...notStarted,
      python: '/bin/ls',
      end: { exitCode: 2, signal: null },
      stderr: 'ls: unrecognized option\nTry ls --help\n',
    });
    expect(ending).toMatchObject({
      sentence:
        'The script was not started: /bin/ls ended at once (exit code 2: Try ls --help). Is it a Python interpreter?',
      interpreterRefused: true,
    });
  });

  test('in a terminal: that has the reason', () => {
    const ending = endingOf({ ...notStarted, end: { exitCode: 127, signal: null }, stderr: null });
    expect(ending.sentence).toBe('The script was not started (exit code 127). The terminal says why.');
  });

  test('because it was stopped before', () => {
    const ending = endingOf({ ...notStarted, stopped: true, durationS: 0.4 });
    expect(ending).toMatchObject({ sentence: 'Stopped by you after 0.4\u00a0s.', failed: false });
  });
});
