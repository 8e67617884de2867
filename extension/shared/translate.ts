/**
 * Texts in the language of the editor, for code that has no `vscode` to ask: the language server and the webview are
 * handed VS Code's bundle when they start. Until then, and where there is no translation, they are as written here.
 */
let translations: Readonly<Record<string, string>> = {};

export function translateWith(bundle: Readonly<Record<string, string>> | undefined): void {
  translations = bundle ?? {};
}

/** `text` must be a literal, so that it is found for translators; `{0}` is the first of the values. */
export function t(text: string, ...values: (string | number)[]): string {
  return (translations[text] ?? text).replace(/\{(\d+)\}/g, (place, number: string) =>
    String(values[Number(number)] ?? place),
  );
}

/** `1 allocation`, `4.5M allocations`: the count as it is written. */
export function allocationsText(count: string): string {
  return count === '1' ? t('1 allocation') : t('{0} allocations', count);
}
