/** How long a key takes to be on the screen. */
import type { Page } from 'playwright-core';

/** Milliseconds of each key, from the event to the frame in which the text stands. */
export async function typingTimes(page: Page, keys: number): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    const channel = new MessageChannel();
    let began = 0;
    channel.port1.onmessage = () => times.push(performance.now() - began);
    const listener = () => {
      began = performance.now();
      requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    addEventListener('keydown', listener, { capture: true });
    Object.assign(window, {
      typing: { times, stop: () => removeEventListener('keydown', listener, { capture: true }) },
    });
  });
  for (let i = 0; i < keys; i++) {
    await page.keyboard.press('x');
    await page.waitForTimeout(60);
  }
  const times = await page.evaluate(() => {
    const { typing } = window as unknown as { typing: { times: number[]; stop(): void } };
    typing.stop();
    return typing.times;
  });
  for (let i = 0; i < keys; i++) await page.keyboard.press('Backspace');
  return times;
}
