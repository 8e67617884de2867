import { expect, test } from 'vitest';
import type { CaptureFacts } from '../capturesView/captureFacts';
import type { ListedCapture } from '../capturesView/captureList';
import { previousRun } from './previousRun';

const at = (hour: number) => new Date(2026, 10, 23, hour).getTime();

function listed(path: string, hour: number, facts: Partial<CaptureFacts> | null = {}): ListedCapture {
  const all = {
    target: '/w/pipeline.py',
    cwd: '/w',
    parentRunId: null,
    startTimeMs: at(hour),
    ...facts,
  } as CaptureFacts;
  const file = { path, size: 1, modified: at(hour) };
  return { file, facts: facts && all, defect: null, recording: false, name: undefined, pinned: false };
}

const shown = {
  path: '/c/now.alloclens',
  summary: { target: { kind: 'script' as const, name: 'pipeline.py' }, cwd: '/w', start_time_ms: at(15) },
};
const previous = (...captures: ListedCapture[]) => previousRun(captures, shown)?.file.path ?? null;

test('the run before is the latest of the same program that began earlier', () => {
  const later = listed('/c/later.alloclens', 16);
  expect(previous(later, listed('/c/a.alloclens', 13), listed('/c/b.alloclens', 14))).toBe('/c/b.alloclens');
  expect(previous(later)).toBeNull();
});

test.each<[string, ListedCapture]>([
  ['itself', listed(shown.path, 14)],
  ['of another program', listed('/c/a.alloclens', 14, { target: 'other.py' })],
  ['of another folder', listed('/c/a.alloclens', 14, { cwd: '/elsewhere' })],
  ['of a process that a program started', listed('/c/a.alloclens', 14, { parentRunId: 'p' })],
])('a capture %s is not', (_, capture) => {
  expect(previous(capture)).toBeNull();
});

test('a capture that is too large to be read for a list goes by its name', () => {
  expect(previous(listed('/c/alloclens-pipeline.py.20261123-140000.alloclens', 14, null))).toMatch(/pipeline/);
});
