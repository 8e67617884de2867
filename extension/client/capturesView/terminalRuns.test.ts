import { expect, test } from 'vitest';
import type { Summary } from '../../shared/capture';
import { followTerminalRun } from './terminalRuns';

const never = new AbortController().signal;
const summary = { pid: 7, parent_run_id: null, end_time_ms: 0 } as Summary;
const follow = async () => undefined;
const ended = () => undefined;

test('a run that is being recorded is shown while it grows, and when it has ended', async () => {
  const calls: string[] = [];
  let looks = 0;
  const actions = {
    read: async () => {
      calls.push('read');
      return summary;
    },
    follow: async (_: string, isNew: boolean) => calls.push(isNew ? 'show as new' : 'show more'),
    ended: () => calls.push('ended'),
    show: async () => calls.push('show'),
  };
  await followTerminalRun(import.meta.filename, actions, never, () => ++looks < 4);
  expect(calls.slice(0, 2)).toEqual(['read', 'show as new']);
  expect(calls.slice(-2)).toEqual(['ended', 'show']);
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
  await followTerminalRun(
    '/a',
    { read, follow, ended, show: async (path) => shown.push(path) },
    never,
    () => ++looks < 2,
  );
  expect(shown).toEqual(['/a']);
});

test('a capture that was copied here is left alone', async () => {
  const shown: string[] = [];
  await followTerminalRun(
    '/a',
    { read: async () => summary, follow, ended, show: async (path) => shown.push(path) },
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
    { read: async () => summary, follow, ended, show: async (path) => shown.push(path) },
    closing.signal,
    () => true,
  );
  closing.abort();
  await following;
  expect(shown).toEqual([]);
});

test('a program that was quicker than the editor is shown', async () => {
  const shown: string[] = [];
  const read = async () => ({ ...summary, end_time_ms: Date.now() - 100 });
  await followTerminalRun('/a', { read, follow, ended, show: async (path) => shown.push(path) }, never, () => false);
  expect(shown).toEqual(['/a']);
});

test('a process that another one started does not take its place', async () => {
  const shown: string[] = [];
  const read = async () => ({ ...summary, parent_run_id: 'other' });
  await followTerminalRun('/a', { read, follow, ended, show: async (path) => shown.push(path) }, never, () => true);
  expect(shown).toEqual([]);
});
