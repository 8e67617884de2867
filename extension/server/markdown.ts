/** Markdown for hovers: names come from the profiled program and may hold anything. */
import type { Hover, MarkupContent } from 'vscode-languageserver';
import type { Command, CommandArguments } from '../shared/contributions';

/** Text that shows as it is: neither Markdown, HTML, an icon nor a table cell's border. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|~$&<>:@]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Code as it stands, whatever it holds. */
export function codeSpan(code: string): string {
  const runs = code.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  return `${fence} ${code.replace(/\s+/g, ' ')} ${fence}`;
}

/** A link that runs a command; `text` is Markdown already. */
export function commandLink<C extends Command>(text: string, command: C, ...args: CommandArguments[C]): string {
  const query = args.length ? `?${encodeURIComponent(JSON.stringify(args))}` : '';
  return `[${text}](command:${command}${query.replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'))})`;
}

/** Rows of Markdown cells; the first column is right-aligned and the header stands over the second. */
export function table(header: string, rows: string[][]): string {
  const width = Math.max(...rows.map((row) => row.length));
  const line = (cells: string[]) => `|${Array.from({ length: width }, (_, i) => ` ${cells[i] ?? ''} `).join('|')}|`;
  const rule = `|${Array.from({ length: width }, (_, i) => (i === 0 ? '--:' : ':--')).join('|')}|`;
  return [line(['', `**${header}**`]), rule, ...rows.map(line)].join('\n');
}

/** For editors that know neither our commands nor icons in a text. What is a link only to a command goes with its line. */
export function withoutCommands(hover: Hover): Hover {
  const { value, ...rest } = hover.contents as MarkupContent;
  const link = /\[((?:\\.|[^\]\\])*)\]\(command:[^)]*\)/g;
  const lines = value
    .split('\n')
    .filter((line) => line === '' || line.replace(link, '').replaceAll('&nbsp;', '').trim() !== '');
  const text = lines
    .join('\n')
    .replace(link, '$1')
    .replace(/\$\([\w~-]+\) /g, '')
    .trimEnd();
  return { ...hover, contents: { ...rest, value: text } };
}
