import { expect, test } from 'vitest';
import { clientCode, translatableTexts } from './l10n.mjs';

test('texts for translators are found in the code', () => {
  const texts = translatableTexts();
  expect(texts).toContain('"code" must be a text or a list of lines.');
  expect(texts).toContain("{0} can't be started ({1}).");
  expect(texts).toContain('edited since the capture');
  expect(texts).toContain('Live at the moment the heap was largest');
});

test('messages and errors that a person reads can be translated', () => {
  const fixed = clientCode().flatMap(([name, code]) => {
    const calls = code.matchAll(/(?:show\w+Message|new Error|problem\([^,()]+,|placeHolder:|prompt:)\s*\(?\s*['"`].*/g);
    return [...calls].map(([call]) => `${name}: ${call}`);
  });
  expect(fixed).toEqual([]);
});
