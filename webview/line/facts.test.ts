import { expect, test } from 'vitest';
import { factsOf, lifetimesOf } from './facts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const bucket = (below_s: number | null, allocations: number) => ({ below_s, allocations, bytes: allocations * 100 });

test('lifetimes begin and end where there are blocks', () => {
  const lifetimes = [bucket(0.00001, 0), bucket(0.001, 10), bucket(0.1, 0), bucket(1, 5), bucket(null, 0)];
  const rows = lifetimesOf({ lifetimes }, 'si').map(({ text, figure, share }) => [plain(text), plain(figure), share]);
  expect(rows).toEqual([
    ['under 1 ms', '10 · 1.0 kB', 1],
    ['under 100 ms', '0 · 0 B', 0],
    ['under 1.0 s', '5 · 500 B', 0.5],
  ]);
});

test('the longest lifetimes have no end', () => {
  const rows = lifetimesOf({ lifetimes: [bucket(10, 1), bucket(null, 2)] }, 'si');
  expect(rows.map(({ text }) => plain(text))).toEqual(['under 10.0 s', '10.0 s and longer']);
});

test('a line of which nothing was freed has no lifetimes', () => {
  expect(lifetimesOf({ lifetimes: [bucket(1, 0)] }, 'si')).toEqual([]);
});

test('the average lifetime is told only when something was freed', () => {
  const history = { times: [], heap: [], blocks: [], average_size: 74, lifetimes: [] };
  const names = (average_lifetime_s: number | null) =>
    factsOf(null, { ...history, average_lifetime_s } as never, 'si').map(
      ({ name, value }) => `${name} ${plain(value)}`,
    );
  expect(names(null)).toEqual(['Average size 74 B']);
  expect(names(0.0002)).toEqual(['Average size 74 B', 'Average lifetime 200 µs, of what was freed']);
});
