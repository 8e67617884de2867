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

export interface ClassBlock {
  name: string;
  /** Of the first decorator when there is one: 1-based. */
  first_line: number;
  last_line: number;
}

/** The classes of a text, outer ones before inner ones. */
export function classBlocks(text: string): ClassBlock[] {
  const lines = splitLines(text);
  const endOf = blockEnds(text);
  return lines.flatMap((code, i) => {
    const [, indent, name] = /^(\s*)class\s+(\w+)\s*[(:[]/.exec(code) ?? [];
    if (indent === undefined || name === undefined) return [];
    let first = i + 1;
    while (lines[first - 2]?.startsWith(`${indent}@`)) first--;
    return [{ name, first_line: first, last_line: endOf(first) }];
  });
}
