import { expect, test } from 'vitest';
import { shownText } from './shown';

test('ordinary names are shown as they are', () => {
  for (const name of ['load', '<module>', 'größe und maß.py', 'a 😀 b', '<img src=x>'])
    expect(shownText(name)).toBe(name);
});

test('long names are cut', () => {
  expect(shownText('n'.repeat(1_000_000))).toBe(`${'n'.repeat(200)}…`);
});

test('what cannot be seen, and what turns the text around, is marked', () => {
  expect(shownText('\x1b[31mred\u202egnp.exe\x00')).toBe('\ufffd[31mred\ufffdgnp.exe\ufffd');
});
