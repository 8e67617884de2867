import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundle, translatableTexts } from './l10n.mjs';
import { inRoot } from './lib/paths.mjs';

test('translators get every text of the code: npm run l10n writes them', () => {
  const texts = JSON.parse(readFileSync(bundle, 'utf8'));
  expect(Object.keys(texts)).toEqual(translatableTexts());
  expect(Object.keys(texts).length).toBeGreaterThan(100);
});

test('messages and errors that a person reads can be translated', () => {
  const room = inRoot('extension/client');
  const files = readdirSync(room, { recursive: true }).filter((name) => /(?<!\.test(ing)?)\.ts$/.test(name));
  const fixed = files.flatMap((name) => {
    const code = readFileSync(path.join(room, name), 'utf8');
    const calls = code.matchAll(/(?:show\w+Message|new Error|problem\([^,()]+,|placeHolder:|prompt:)\s*\(?\s*['"`].*/g);
    return [...calls].map(([call]) => `${name}: ${call}`);
  });
  expect(fixed).toEqual([]);
});
