import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const PAUSE_MS = 500;
/** The first reading may meet a file that has only begun; one that fails again and again is not tried for ever. */
const MOST_FAILURES = 3;

/**
 * Reads a capture while its program writes it, so that little is left to read when the program has ended, and the
 * server runs by then. Says nothing: whoever opens the capture at the end tells what is wrong with it.
 * Ends when `signal` is aborted.
 */
export async function readAhead(
  capture: string,
  read: (capture: string) => Promise<unknown>,
  signal: AbortSignal,
  pauseMs = PAUSE_MS,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted && failures < MOST_FAILURES) {
    if (existsSync(capture)) {
      failures = await read(capture).then(
        () => 0,
        () => failures + 1,
      );
    }
    await wait(pauseMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}
