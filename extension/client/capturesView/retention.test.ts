import { expect, test } from 'vitest';
import type { CaptureFacts } from './captureFacts';
import type { ListedCapture } from './captureList';
import { outdated } from './retention';

const capture = (
  path: string,
  more: Partial<ListedCapture> = {},
  parentRunId: string | null = null,
): ListedCapture => ({
  file: { path, size: 1, modified: 1 },
  facts: { runId: path, parentRunId } as CaptureFacts,
  defect: null,
  recording: false,
  name: undefined,
  pinned: false,
  ...more,
});
const going = (captures: ListedCapture[], keep: number) =>
  outdated(captures, keep, (path) => path.startsWith('/own/')).map(({ file }) => file.path);

test('the newest stay', () => {
  expect(going([capture('/own/3'), capture('/own/2'), capture('/own/1')], 2)).toEqual(['/own/1']);
});
test('0 keeps all', () => expect(going([capture('/own/2'), capture('/own/1')], 0)).toEqual([]));
test('what lies elsewhere is not ours to delete', () =>
  expect(going([capture('/own/2'), capture('/w/1')], 1)).toEqual([]));
test('what is pinned, named or being recorded stays', () => {
  const kept = [
    capture('/own/3', { pinned: true }),
    capture('/own/2', { name: 'x' }),
    capture('/own/1', { recording: true }),
  ];
  expect(going([capture('/own/4'), ...kept], 1)).toEqual([]);
});
test('children neither count nor stay without their parent', () => {
  const old = [capture('/own/1'), capture('/own/1a', {}, '/own/1'), capture('/own/1b', { pinned: true }, '/own/1')];
  expect(going([capture('/own/2a', {}, '/own/2'), capture('/own/2'), ...old], 1)).toEqual(['/own/1', '/own/1a']);
});
