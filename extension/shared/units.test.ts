import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatRange, formatShare } from './units';

/** No-break spaces read as spaces here. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [512, '512 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [3400, '3.4 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [203_400_000, '203.4 MB'],
    [6_300_000_000, '6.3 GB'],
    [-3_100_000, '−3.1 MB'],
  ])('%d reads %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

  test.each([
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [200_000_000, '190.7 MiB'],
  ])('%d reads %s when IEC is chosen', (bytes, text) => expect(plain(formatBytes(bytes, 'iec'))).toBe(text));

  test('never break from their unit', () => expect(formatBytes(1000)).toBe('1.0\u00a0kB'));
});

test.each([
  [0.61, '61 %'],
  [0.1, '10 %'],
  [0.0995, '10 %'],
  [0.047, '4.7 %'],
  [0.0004, '<0.1 %'],
  [0, '0.0 %'],
  [1, '100 %'],
])('the share %d reads %s', (share, text) => expect(plain(formatShare(share))).toBe(text));

test.each([
  [0, '0'],
  [102, '102'],
  [999, '999'],
  [1000, '1k'],
  [800_000, '800k'],
  [4_500_000, '4.5M'],
  [17_600_000, '17.6M'],
  [999_900, '1M'],
])('the count %d reads %s', (count, text) => expect(formatCount(count)).toBe(text));

test.each([
  [0.4, '0.4 s'],
  [5.1, '5.1 s'],
  [59.96, '1:00'],
  [102, '1:42'],
  [3723, '1:02:03'],
])('%d seconds read %s', (seconds, text) => expect(plain(formatDuration(seconds))).toBe(text));

test.each([
  [2.9, 5.6, '2.9 – 5.6 s'],
  [4.2, null, 'since 4.2 s'],
  [null, 0.5, 'until 0.5 s'],
  [62, 102, '1:02 – 1:42'],
  [59, 61, '59.0 s – 1:01'],
])('the range from %s to %s reads %s', (from, to, text) => expect(plain(formatRange(from, to))).toBe(text));
