import { expect, test } from 'vitest';
import type { Summary } from '../../shared/capture';
import { followTerminalRun } from './terminalRuns';

const never = new AbortController().signal;
const summary = { pid: 7 } as Summary;

test('a run that is being recorded is read while it grows, and shown when it has ended', async () => {
  const calls: string[] = [];
  let looks = 0;
  const actions = {
    read: async () => {
      calls.push('read');
      return summary;
    },
    show: async () => calls.push('show'),
  };
  await followTerminalRun('/a', actions, never, () => ++looks < 4);
  expect(calls[0]).toBe('read');
  expect(calls.at(-1)).toBe('show');
  expect(calls.filter((call) => call === 'show')).toHaveLength(1);
});

test('a capture that has only begun is tried again', async () => {
  let tries = 0;
  const shown: string[] = [];
  const read = async () => {
    if (++tries < 3) throw new Error('ends after 0 bytes');
    return summary;
  };
  let looks = 0;
  await followTerminalRun('/a', { read, show: async (path) => shown.push(path) }, never, () => ++looks < 2);
  expect(shown).toEqual(['/a']);
});

test('a capture that was copied here is left alone', async () => {
  const shown: string[] = [];
  await followTerminalRun(
    '/a',
    { read: async () => summary, show: async (path) => shown.push(path) },
    never,
    () => false,
  );
  expect(shown).toEqual([]);
});

test('a window that closes ends it', async () => {
  const closing = new AbortController();
  const shown: string[] = [];
  const following = followTerminalRun(
    '/a',
    { read: async () => summary, show: async (path) => shown.push(path) },
    closing.signal,
    () => true,
  );
  closing.abort();
  await following;
  expect(shown).toEqual([]);
});
