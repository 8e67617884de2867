import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const TICK_MS = 500;
/** Of the time, the most that may go into following: the program needs the machine too. */
const MOST_BUSY = 0.5;
/** The first reading may meet a file that has only begun; one that fails again and again is not tried for ever. */
const MOST_FAILURES = 3;

/**
 * Reads and shows a capture while its program writes it, twice a second or as often as half of one processor allows.
 * Says nothing: whoever opens the capture at the end tells what is wrong with it. `isNew` until the first success.
 * Ends when `signal` is aborted.
 */
export async function followCapture(
  capture: string,
  show: (capture: string, isNew: boolean) => Promise<unknown>,
  signal: AbortSignal,
  tickMs = TICK_MS,
): Promise<void> {
  let failures = 0;
  let isNew = true;
  while (!signal.aborted && failures < MOST_FAILURES) {
    const began = performance.now();
    if (existsSync(capture)) {
      try {
        await show(capture, isNew);
        isNew = false;
        failures = 0;
      } catch {
        failures++;
      }
    }
    const took = performance.now() - began;
    const pause = Math.max(tickMs - took, took * (1 / MOST_BUSY - 1));
    await wait(pause, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}
