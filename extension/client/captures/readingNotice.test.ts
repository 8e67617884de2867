import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CancellationToken, CancellationTokenSource, window } from 'vscode';
import { ReadingNotice } from './readingNotice';

interface Shown {
  title: string;
  cancel(): void;
  percents: number[];
}
let notices: Shown[];

beforeEach(() => {
  vi.useFakeTimers();
  notices = [];
  Object.assign(window, {
    withProgress: (
      { title }: { title: string },
      task: (report: { report(step: { increment: number }): void }, token: CancellationToken) => Promise<void>,
    ) => {
      const source = new CancellationTokenSource();
      const percents: number[] = [];
      notices.push({ title, cancel: () => source.cancel(), percents });
      return task({ report: ({ increment }) => percents.push(increment) }, source.token);
    },
  });
});
afterEach(() => vi.useRealTimers());

test('a quick reading is not mentioned', async () => {
  expect(await new ReadingNotice().during('/c/a.alloclens', async () => 1)).toBe(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(notices).toEqual([]);
});

test('a long one is named after a second, and shows how far it is from where it is', async () => {
  let end = () => {};
  const done = new ReadingNotice().during('/c/a.alloclens', (onProgress) => {
    onProgress(1, 4);
    setTimeout(() => onProgress(3, 4), 1500);
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(notices).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(notices).toMatchObject([{ title: 'Reading a.alloclens…', percents: [25, 50] }]);
  end();
  await done;
});

test('Cancel reaches the reader', async () => {
  const cancelled = new ReadingNotice().during(
    '/c/a.alloclens',
    (_, token) => new Promise((resolve) => token.onCancellationRequested(() => resolve('cancelled'))),
  );
  await vi.advanceTimersByTimeAsync(1000);
  notices[0]?.cancel();
  expect(await cancelled).toBe('cancelled');
});
