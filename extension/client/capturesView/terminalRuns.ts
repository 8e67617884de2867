import { setTimeout as wait } from 'node:timers/promises';
import type { Summary } from '../../shared/capture';
import { followCapture } from '../launch/followCapture';
import { isRecording } from './recording';

/** A capture that only begins may not be readable for a moment. */
const FIRST_READING_MS = 10_000;
const PAUSE_MS = 200;

export interface TerminalRunActions {
  /** Reads what there is of a growing capture. */
  read(path: string): Promise<Summary>;
  show(path: string): Promise<unknown>;
}

/**
 * Follows a run that was started outside the editor, in a terminal say, from the moment its capture appears: it is read
 * while it grows, and shown when its program has ended. What is finished when it appears was copied here, not recorded.
 */
export async function followTerminalRun(
  path: string,
  { read, show }: TerminalRunActions,
  signal: AbortSignal,
  stillRecording = isRecording,
): Promise<void> {
  const first = await firstReading(path, read, signal);
  if (!first || !stillRecording(path, first.pid)) return;
  const ended = new AbortController();
  const reading = followCapture(path, read, AbortSignal.any([signal, ended.signal]));
  while (!signal.aborted && stillRecording(path, first.pid)) {
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  ended.abort();
  await reading;
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
