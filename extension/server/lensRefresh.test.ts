import { expect, test, vi } from 'vitest';
import { LensRefresh } from './lensRefresh';

test('the editor is not asked again before it has its lenses, and then once for all that came meanwhile', () => {
  const send = vi.fn();
  const refresh = new LensRefresh(send);
  refresh.request();
  refresh.request();
  refresh.request();
  expect(send).toHaveBeenCalledTimes(1);
  refresh.answered();
  expect(send).toHaveBeenCalledTimes(2);
  refresh.answered();
  expect(send).toHaveBeenCalledTimes(2);
});

test('an editor that asks for no lenses is asked again after a while', () => {
  vi.useFakeTimers();
  const send = vi.fn();
  const refresh = new LensRefresh(send, 2000);
  refresh.request();
  refresh.request();
  vi.advanceTimersByTime(2001);
  expect(send).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(2001);
  vi.useRealTimers();
});
