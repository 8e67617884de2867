/**
 * The texts of the extension's code that can be translated. A translation is a file `bundle.l10n.de.json` beside the
 * one that is written here, and a `package.nls.de.json`; VS Code finds them by their names.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/** Product files of a room, as [name, code]. */
const codeOf = (room) =>
  readdirSync(inRoot(room), { recursive: true })
    .filter((name) => /(?<!\.test|\.testing|\.d)\.ts$/.test(name))
    .map((name) => [`${room}/${name}`, readFileSync(inRoot(room, name), 'utf8')]);

export const clientCode = () => codeOf('extension/client');

/** What has no `vscode` to ask is handed the texts: extension/shared/translate.ts. */
const otherCode = () => ['extension/server', 'extension/shared', 'webview'].flatMap(codeOf);

/** First arguments of `l10n.t` and `t`, which are literals: a translation is looked up by the text itself. */
export function translatableTexts() {
  const texts = new Set();
  const collect = (files, calls) => {
    for (const [name, code] of files) {
      for (const [call, literal] of code.matchAll(calls)) {
        if (!literal) throw new Error(`${name}: the text of ${call} is no literal, so no translation would be found.`);
        texts.add(new Function(`return ${literal}`)());
      }
    }
  };
  collect(clientCode(), /\bl10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?/g);
  collect(otherCode(), /(?<![.\w]|function )t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?/g);
  return [...texts].sort();
}

export function writeTranslatableTexts() {
  const texts = Object.fromEntries(translatableTexts().map((text) => [text, text]));
  mkdirSync(inRoot('l10n'), { recursive: true });
  writeFileSync(inRoot('l10n/bundle.l10n.json'), `${JSON.stringify(texts, null, 2)}\n`);
}
