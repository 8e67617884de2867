import { describe, expect, test } from 'vitest';
import type { TestReport } from './reportLog';
import { verdictOf } from './verdicts';

const FILE = '/w/test_a.py';
const report = (
  when: string,
  outcome: TestReport['outcome'] = 'passed',
  more: Partial<TestReport> = {},
): TestReport => ({
  event: 'report',
  id: 'test_a.py::test',
  file: FILE,
  line: 1,
  when,
  outcome,
  duration_s: 0.5,
  sections: [],
  ...more,
});
const isOwn = (file: string) => file.startsWith('/w/');
const verdict = (...reports: TestReport[]) => verdictOf(reports, isOwn);

describe('a test', () => {
  test.each([
    ['passed', [report('setup'), report('call'), report('teardown')]],
    ['failed', [report('setup'), report('call', 'failed'), report('teardown')]],
    ['errored', [report('setup', 'failed'), report('teardown')]],
    ['errored', [report('setup'), report('call'), report('teardown', 'failed')]],
    ['skipped', [report('setup', 'skipped'), report('teardown')]],
    ['skipped', [report('setup'), report('call', 'skipped'), report('teardown')]],
    ['errored', [report('???', 'failed')]],
  ] as const)('has %s', (kind, reports) => {
    expect(verdict(...reports)).toMatchObject({ kind, durationMs: 500 * reports.length });
  });

  test('that ran again counts as it ended', () => {
    const memory = { capture: '/c', peak_bytes: 9, total_bytes: 9, unfreed_bytes: 0 };
    const first = report('call', 'rerun', { memory: { ...memory, problem: 'too much' } });
    const second = report('call', 'passed', { memory: { ...memory, peak_bytes: 1 } });
    expect(verdict(report('setup'), first, report('setup'), second, report('teardown'))).toMatchObject({
      kind: 'passed',
      messages: [],
      memory: { peak_bytes: 1 },
    });
  });

  test('that failed has its text at the innermost line of its own file', () => {
    const trace: TestReport['trace'] = [
      [FILE, 3],
      ['/w/conftest.py', 1],
      [FILE, 9],
      ['/lib/json.py', 99],
    ];
    const sections: TestReport['sections'] = [['Captured stdout call', 'printed']];
    const { messages } = verdict(report('call', 'failed', { message: 'assert', text: 'E  assert', trace, sections }));
    expect(messages).toEqual([
      { text: expect.stringMatching(/^assert\n\nE {2}assert\n-+ Captured/), place: { file: FILE, line: 9 }, stack: [] },
    ]);
    expect(messages[0]?.text.endsWith('printed')).toBe(true);
  });

  test('whose failure has no place has its text at the test', () => {
    expect(verdict(report('call', 'failed', { message: 'worker crashed' })).messages).toEqual([
      { text: 'worker crashed', place: null, stack: [] },
    ]);
  });

  test('that broke its limit has the sentence at the line of the project that allocated most, then the others', () => {
    const memory = {
      capture: '/c',
      peak_bytes: 4 << 20,
      total_bytes: 9 << 20,
      unfreed_bytes: 0,
      problem: 'Test was limited to 1.0MiB but allocated 4.0MiB',
      places: [
        { bytes: 1 << 20, frames: [['other', '/w/b.py', 7]] },
        {
          bytes: 1 << 20,
          frames: [
            ['loads', '/lib/json.py', 5],
            ['read', '/w/a.py', 2],
          ],
        },
        {
          bytes: 2 << 20,
          frames: [
            ['loads', '/lib/json.py', 6],
            ['read', '/w/a.py', 2],
          ],
        },
      ] as { bytes: number; frames: [string, string, number][] }[],
    };
    const { messages } = verdict(report('call', 'failed', { text: memory.problem, memory }), report('teardown'));
    expect(messages.map(({ text, place }) => [text, place?.file, place?.line])).toEqual([
      ['Test was limited to 1.0MiB but allocated 4.0MiB: 3.0MiB allocated here', '/w/a.py', 2],
      ['1.0MiB allocated here', '/w/b.py', 7],
    ]);
    expect(messages[0]?.stack.map(({ name }) => name)).toEqual(['loads', 'read']);
  });
});
