import { describe, expect, test } from 'vitest';
import type { Summary } from '../../extension/shared/capture';
import { cutText, hitsText, keyFigures, noHitText, notices, readingText, staleText } from './words';

const summary = {
  peak_bytes: 328.1e6,
  peak_time_s: 5.1,
  peak_rss_bytes: 371.4e6,
  total_allocations: 17_600_000,
  duration_s: 6.2,
  target: { kind: 'script', name: 'pipeline.py' },
  exit_status: 0,
  notes: [] as string[],
  damage: null,
} as Summary;
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('the key figures are peak, resident memory, allocations and time', () => {
  expect(keyFigures(summary, 'si').map(({ figure, text }) => plain(`${figure} ${text}`.trim()))).toEqual([
    '328.1 MB peak heap at 5.1 s',
    '371.4 MB peak RSS',
    '17.6M allocations',
    '6.2 s',
  ]);
});

const ended = { live: false, stopped: null };

describe('a notice is', () => {
  test('nothing when all went well, or when the program did not tell how it ended', () => {
    expect(notices(summary, ended)).toEqual([]);
    expect(notices({ ...summary, exit_status: null }, ended)).toEqual([]);
  });

  test('that the program failed', () => {
    expect(notices({ ...summary, exit_status: 3 }, ended)).toEqual([
      'The script ended with an error (exit code 3). The capture up to that point is shown.',
    ]);
  });

  test('each note of the capture, once', () => {
    const message = 'This capture is damaged after 3.2 s; the part before it is shown.';
    expect(notices({ ...summary, notes: [message], damage: { offset: 9, message } }, ended)).toEqual([message]);
  });
});

test('a run that the user stopped is not damaged', () => {
  const cut =
    'The capture is cut short: its program was killed or crashed. Everything up to the last whole event is shown.';
  const stopped = { live: false, stopped: 'Stopped by you after 12.4 s.' };
  expect(notices({ ...summary, exit_status: 143, notes: [cut, 'Something else.'] }, stopped)).toEqual([
    'Something else.',
  ]);
});

test('hits are counted, measured and shared', () => {
  expect(plain(hitsText(3, 200.1e6, 328.1e6, 'si'))).toBe('3 frames · 200.1 MB · 61 %');
  expect(plain(hitsText(1, 0, 0, 'si'))).toBe('1 frame · 0 B · 0.0 %');
});

test('files that changed are named', () => {
  expect(staleText(['pipeline.py'])).toBe('pipeline.py has changed since this capture.');
  expect(staleText(['a.py', 'b.py'])).toBe('a.py, b.py have changed since this capture.');
});

test('no hit is said in the words that were searched for', () => {
  expect(noHitText(' foo( ')).toBe('No frame matches "foo(".');
});

test('a reading tells how far it is once that is known', () => {
  expect(readingText(null, 'si')).toBe('Reading the capture…');
  expect(plain(readingText({ done: 12.3e6, total: 45e6 }, 'si'))).toBe('Reading 12.3 MB of 45.0 MB…');
});

test('a table that has not all rows says how many there are', () => {
  expect(cutText(10_000, 23_456, false)).toBe(
    'The 10,000 rows with the most bytes, of 23,456; order and filter are of these.',
  );
});
