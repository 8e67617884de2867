/**
 * `npm run l10n`: writes l10n/bundle.l10n.json, the texts of the extension's code that can be translated. A translation
 * is a file beside it, `bundle.l10n.de.json`, and one beside package.nls.json; VS Code finds them by their names.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inRoot } from './lib/paths.mjs';

export const bundle = inRoot('l10n/bundle.l10n.json');
const room = inRoot('extension/client');

/** First arguments of `l10n.t`, which are literals: VS Code looks a translation up by the text itself. */
export function translatableTexts() {
  const texts = new Set();
  const files = readdirSync(room, { recursive: true }).filter((name) => /(?<!\.test)\.ts$/.test(name));
  for (const name of files) {
    const code = readFileSync(path.join(room, name), 'utf8');
    for (const [call, literal] of code.matchAll(/\bl10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?/g)) {
      if (!literal) throw new Error(`${name}: the text of ${call} is no literal, so no translation would be found.`);
      texts.add(new Function(`return ${literal}`)());
    }
  }
  return [...texts].sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const texts = Object.fromEntries(translatableTexts().map((text) => [text, text]));
  writeFileSync(bundle, `${JSON.stringify(texts, null, 2)}\n`);
}
