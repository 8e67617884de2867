import { splitLines } from './lineMapping';

/**
 * Finds the last line of the definition that begins at a line, with its decorators: what follows and is indented more,
 * or closes its signature. Told by indentation alone, so a text in quotes that begins at the margin ends it early.
 */
export function blockEnds(text: string): (firstLine: number) => number {
  const lines = splitLines(text);
  const indentOf = (line: number) => (lines[line - 1] ?? '').search(/\S|$/);
  const codeAt = (line: number) => (lines[line - 1] ?? '').trim();
  return (firstLine) => {
    const indent = indentOf(firstLine);
    let inDecorators = codeAt(firstLine).startsWith('@');
    let end = firstLine;
    for (let line = firstLine + 1; line <= lines.length; line++) {
      const code = codeAt(line);
      if (!code) continue;
      if (indentOf(line) <= indent && !inDecorators && !/^[)\]}]/.test(code)) break;
      if (/^(async\s|def\s|class\s)/.test(code)) inDecorators = false;
      end = line;
    }
    return end;
  };
}
