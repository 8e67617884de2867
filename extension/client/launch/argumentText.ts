const BLANK = /[ \t\r\n]/;

/**
 * Splits one text into arguments by the quoting rules of a POSIX shell: '…', "…" and backslash. Nothing is
 * expanded. Null when a quote is not closed.
 */
export function splitArguments(text: string): string[] | null {
  const args: string[] = [];
  let current: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    const next = text.charAt(i + 1);
    if (quote === '' && BLANK.test(c)) {
      if (current !== null) args.push(current);
      current = null;
    } else if (c === quote) {
      quote = '';
    } else if (quote === '' && (c === '"' || c === "'")) {
      quote = c;
      current ??= '';
    } else if (c === '\\' && next !== '' && (quote === '' || (quote === '"' && '"\\$`'.includes(next)))) {
      current = (current ?? '') + next;
      i++;
    } else {
      current = (current ?? '') + c;
    }
  }
  if (quote !== '') return null;
  if (current !== null) args.push(current);
  return args;
}
