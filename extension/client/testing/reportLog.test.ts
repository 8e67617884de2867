import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../launch/temporaryFolder.testing';
import { namesOf, ReportLogTail } from './reportLog';

test('what was written is told in whole lines, each once, also when letters are cut in two', () => {
  const path = join(temporaryFolder(), 'report.jsonl');
  const tail = new ReportLogTail(path);
  expect(tail.read()).toEqual([]);
  const bytes = Buffer.from('{"event":"end","exit_status":0}\n{"event":"end","text":"größe"}\n');
  appendFileSync(path, bytes.subarray(0, 55));
  expect(tail.read()).toEqual([{ event: 'end', exit_status: 0 }]);
  appendFileSync(path, bytes.subarray(55));
  expect(tail.read()).toEqual([{ event: 'end', text: 'größe' }]);
  expect(tail.read()).toEqual([]);
});

test.each([
  ['tests/test_a.py::test_b', ['test_b']],
  ['test_a.py::TestB::test_c', ['TestB', 'test_c']],
  ['a [b]/test_a.py::test_c[x::y-[1]]', ['test_c', '[x::y-[1]]']],
])('%s is made of %j', (id, names) => {
  expect(namesOf(id)).toEqual(names);
});
