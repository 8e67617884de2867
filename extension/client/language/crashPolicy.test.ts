import { expect, test } from 'vitest';
import { CrashPolicy } from './crashPolicy';

/** Whether the server is started again after each crash, in minutes since the beginning. */
function restarts(minutes: number[], policy = new CrashPolicy(() => now)): boolean[] {
  return minutes.map((minute) => {
    now = minute * 60_000;
    return policy.shouldRestart();
  });
}
let now = 0;

test('a server that ends now and then is always started again', () => {
  expect(restarts([0, 2, 4, 6, 8, 10])).not.toContain(false);
});

test('a server that ends four times within three minutes stays down', () => {
  expect(restarts([0, 0.5, 1, 1.5])).toEqual([true, true, true, false]);
});

test('asked for by the user, it gets all its chances again', () => {
  const policy = new CrashPolicy(() => now);
  restarts([0, 0.1, 0.2, 0.3], policy);
  policy.forget();
  expect(restarts([0.4], policy)).toEqual([true]);
});
