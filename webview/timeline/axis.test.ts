import { describe, expect, test } from 'vitest';
import { byteSteps, byteTick, timeSteps, timeTick } from './axis';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the axis of bytes', () => {
  test.each([
    [0, 'si', '0 B'],
    [200e6, 'si', '200 MB'],
    [1.5e9, 'si', '1.5 GB'],
    [50 * 1024 ** 2, 'iec', '50 MiB'],
  ] as const)('%s in %s is "%s"', (bytes, units, text) => {
    expect(plain(byteTick(bytes, units))).toBe(text);
  });

  test('has steps that are round in the unit they are written in', () => {
    for (const units of ['si', 'iec'] as const) {
      const steps = byteSteps(units);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      for (const step of steps) expect(plain(byteTick(step, units))).toMatch(/^(1|2|5|10|20|50|100|200|500) /);
    }
  });
});

describe('the axis of time', () => {
  test.each([
    [0, 1, '0 s'],
    [0.5, 0.5, '0.5 s'],
    [0.02, 0.01, '20 ms'],
    [0.0005, 0.0005, '0.5 ms'],
    [90, 30, '1:30'],
    [7200, 3600, '2:00:00'],
  ])('%s in steps of %s is "%s"', (seconds, step, text) => {
    expect(plain(timeTick(seconds, step))).toBe(text);
  });

  test('has steps in rising order', () => {
    expect(timeSteps).toEqual([...timeSteps].sort((a, b) => a - b));
  });
});
