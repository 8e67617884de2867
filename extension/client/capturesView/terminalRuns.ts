import { setTimeout as wait } from 'node:timers/promises';
import type { Summary } from '../../shared/capture';
import { followCapture } from '../launch/followCapture';
import { isRecording } from './recording';

/** A capture that only begins may not be readable for a moment. */
const FIRST_READING_MS = 10_000;
const PAUSE_MS = 200;
/** What ended so lately was not copied here: the program was quick. */
const JUST_NOW_MS = 10_000;

export interface TerminalRunActions {
  /** Reads what there is of a growing capture. */
  read(path: string): Promise<Summary>;
  /** Shows what there is of it; `isNew` until that worked once. */
  follow(path: string, isNew: boolean, ending: AbortSignal): Promise<unknown>;
  /** Its program has ended: it does not run any more, whatever is shown. */
  ended(path: string, run: Summary): unknown;
  /** What was recorded is whole. */
  show(path: string): Promise<unknown>;
}

/**
 * Follows a run that was started outside the editor, in a terminal say, from the moment its capture appears: it is
 * shown while it grows, and when its program has ended. What was finished long before it appears was copied here, not recorded;
 * a process that another one started stands under it in the list.
 */
export async function followTerminalRun(
  path: string,
  { read, follow, ended, show }: TerminalRunActions,
  signal: AbortSignal,
  stillRecording = isRecording,
): Promise<void> {
  const first = await firstReading(path, read, signal);
  if (!first || first.parent_run_id !== null) return;
  if (!stillRecording(path, first.pid) && Date.now() - first.end_time_ms > JUST_NOW_MS) return;
  const running = new AbortController();
  const ending = AbortSignal.any([signal, running.signal]);
  const reading = followCapture(path, (file, isNew) => follow(file, isNew, ending), ending);
  while (!signal.aborted && stillRecording(path, first.pid)) {
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  running.abort();
  await reading;
  await ended(path, first);
  if (!signal.aborted) await show(path);
}

async function firstReading(
  path: string,
  read: TerminalRunActions['read'],
  signal: AbortSignal,
): Promise<Summary | null> {
  const deadline = performance.now() + FIRST_READING_MS;
  while (!signal.aborted && performance.now() < deadline) {
    const summary = await read(path).catch(() => null);
    if (summary) return summary;
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  return null;
}
