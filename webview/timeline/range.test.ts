import { expect, test } from 'vitest';
import { draggedRange, rangeByKey } from './range';

test.each([
  ['a drag to the left is a range too', 6, 2, { from_s: 2, to_s: 6 }],
  ['an end at the end of the run is open', 4, 12, { from_s: 4 }],
  ['a beginning before the run is open', -1, 4, { to_s: 4 }],
  ['a click is no range', 4, 4.01, null],
  ['all of the run is no range', -1, 11, null],
])('%s', (_, from, to, range) => expect(draggedRange(from, to, 10)).toEqual(range));

const key = (name: string, shiftKey = false) => ({ key: name, shiftKey });

test.each([
  ['an arrow begins with a range in the middle', null, key('ArrowRight'), { from_s: 4.5, to_s: 5.5 }],
  ['an arrow moves the range', { from_s: 2, to_s: 4 }, key('ArrowRight'), { from_s: 2.2, to_s: 4.2 }],
  ['the range stops at the end of the run', { from_s: 7, to_s: 9 }, key('End'), { from_s: 8 }],
  ['the range stops at its beginning', { from_s: 0.1, to_s: 2 }, key('ArrowLeft'), { to_s: 1.9 }],
  ['with Shift its end moves alone', { from_s: 2, to_s: 4 }, key('ArrowRight', true), { from_s: 2, to_s: 4.2 }],
  ['it never becomes nothing', { from_s: 2, to_s: 2.1 }, key('ArrowLeft', true), { from_s: 2, to_s: 2.2 }],
  ['other keys are not for it', { from_s: 2 }, key('a'), undefined],
])('%s', (_, range, pressed, expected) => {
  const result = rangeByKey(range, pressed, 10);
  if (!expected) expect(result).toEqual(expected);
  else for (const [end, seconds] of Object.entries(expected)) expect(result?.[end as 'from_s']).toBeCloseTo(seconds);
});
