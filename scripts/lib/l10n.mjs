/**
 * The texts of the extension's code that can be translated. A translation is a file `bundle.l10n.de.json` beside the
 * one that is written here, and a `package.nls.de.json`; VS Code finds them by their names.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';

const room = inRoot('extension/client');

/** Product files of the client, as [name, code]. */
export const clientCode = () =>
  readdirSync(room, { recursive: true })
    .filter((name) => /(?<!\.test|\.testing)\.ts$/.test(name))
    .map((name) => [name, readFileSync(path.join(room, name), 'utf8')]);

/** First arguments of `l10n.t`, which are literals: VS Code looks a translation up by the text itself. */
export function translatableTexts() {
  const texts = new Set();
  for (const [name, code] of clientCode()) {
    for (const [call, literal] of code.matchAll(/\bl10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?/g)) {
      if (!literal) throw new Error(`${name}: the text of ${call} is no literal, so no translation would be found.`);
      texts.add(new Function(`return ${literal}`)());
    }
  }
  return [...texts].sort();
}

export function writeTranslatableTexts() {
  const texts = Object.fromEntries(translatableTexts().map((text) => [text, text]));
  mkdirSync(inRoot('l10n'), { recursive: true });
  writeFileSync(inRoot('l10n/bundle.l10n.json'), `${JSON.stringify(texts, null, 2)}\n`);
}
