/**
 * The filter box's small language, for the graph and all tables alike:
 *
 *   load                  name or file has the text, upper and lower case alike
 *   "list comp"           a text with spaces
 *   @bytes>10MB           also @own, @share>5%, @allocations>=1k, @line=26
 *   @file:*\/core\/*        also @name; a pattern with * and ?, without them a part of the text
 *   @origin:package       yours, standard, package or native
 *   -test                 the contrary of any of these
 *
 * All terms must hold. What a person types as plain text is looked for as it stands, never as a pattern.
 */
import type { AmountTerm, Origin } from './capture';
import { t } from './translate';

/** What is filtered. What a thing does not have, no term about it finds. */
export interface Subject {
  name: string;
  file: string | null;
  line: number | null;
  origin: Origin | null;
  bytes: number;
  own: number;
  allocations: number;
  /** Of the measure's total: 0–1. */
  share: number;
}

export type Matches = (subject: Subject) => boolean;

/** `problem`: a sentence about a term that can't be understood; nothing is filtered by it then. */
export interface Filter {
  matches: Matches;
  problem: string | null;
  /** The terms about what a thing is; with `amounts` they are all. */
  ofPlace(place: Pick<Subject, 'name' | 'file' | 'line' | 'origin'>): boolean;
  /** Those about its figures. */
  amounts: AmountTerm[];
}

interface Term {
  holds: Matches;
  /** Of a term about figures. */
  amount?: AmountTerm;
}

const noFigures = { bytes: 0, own: 0, allocations: 0, share: 0 };

const numbers = {
  bytes: (s: Subject) => s.bytes,
  own: (s: Subject) => s.own,
  allocations: (s: Subject) => s.allocations,
  share: (s: Subject) => s.share,
  line: (s: Subject) => s.line,
} as const;

const texts = {
  name: (s: Subject) => s.name,
  file: (s: Subject) => s.file,
  origin: (s: Subject) => s.origin,
} as const;

export const fieldNames = [...Object.keys(numbers), ...Object.keys(texts)].map((name) => `@${name}`);

/** Null for an empty text. */
export function parseFilter(text: string): Filter | null {
  const terms = termsOf(text);
  if (terms.length === 0) return null;
  const parsed = terms.map(parseTerm);
  const tests = parsed.flatMap((term) => (typeof term === 'string' ? [] : [term]));
  return {
    matches: (subject) => tests.every(({ holds }) => holds(subject)),
    problem: parsed.find((term) => typeof term === 'string') ?? null,
    ofPlace: (place) => tests.every(({ holds, amount }) => amount || holds({ ...place, ...noFigures })),
    amounts: tests.flatMap(({ amount }) => amount ?? []),
  };
}

/** Words and quoted texts; a field's value may be quoted too. */
function termsOf(text: string): string[] {
  return text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

function parseTerm(term: string): Term | string {
  if (term.length > 1 && term.startsWith('-')) {
    const contrary = parseTerm(term.slice(1));
    return typeof contrary === 'string' ? contrary : contraryOf(contrary);
  }
  if (term.startsWith('@')) return parseField(term);
  const wanted = unquoted(term).toLowerCase();
  return { holds: ({ name, file }) => includes(name, wanted) || includes(file, wanted) };
}

function contraryOf({ holds, amount }: Term): Term {
  return {
    holds: (subject) => !holds(subject),
    ...(amount && { amount: { ...amount, negated: !amount.negated } }),
  };
}

function parseField(term: string): Term | string {
  const [, name = '', operator = '', value = ''] = /^@(\w*)(>=|<=|[><=:])?(.*)$/s.exec(term) ?? [];
  if (name in numbers) return compareNumber(name as keyof typeof numbers, operator, value);
  if (name in texts) return compareText(name as keyof typeof texts, operator, unquoted(value));
  return t('There is no field {0}. Fields are {1}.', `@${name}`, fieldNames.join(', '));
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  ':': (a, b) => a === b,
};

function compareNumber(field: keyof typeof numbers, operator: string, value: string): Term | string {
  const compare = comparisons[operator];
  const wanted = parseNumber(value);
  if (!compare || wanted === null)
    return t('Write {0} with a number: {1}.', `@${field}`, `@${field}>${exampleOf[field]}`);
  const holds = (subject: Subject) => {
    const number = numbers[field](subject);
    return number !== null && compare(number, wanted);
  };
  if (field === 'line') return { holds };
  const comparison = (operator === ':' ? '=' : operator) as AmountTerm['comparison'];
  return { holds, amount: { field, comparison, value: wanted, negated: false } };
}

const exampleOf = { bytes: '10MB', own: '10MB', allocations: '1k', share: '5%', line: '20' };

function compareText(field: keyof typeof texts, operator: string, value: string): Term | string {
  if (![':', '='].includes(operator) || value === '')
    return t('Write {0} with a text: {1}.', `@${field}`, `@${field}:load*`);
  const pattern = /[*?]/.test(value) ? glob(value) : null;
  const wanted = value.toLowerCase();
  const holds = (subject: Subject) => {
    const text = texts[field](subject);
    return pattern ? text !== null && pattern.test(text) : includes(text, wanted);
  };
  return { holds };
}

const factors: Record<string, number> = {
  '': 1,
  '%': 0.01,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

function parseNumber(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z%]*)$/i.exec(unquoted(text)) ?? [];
  const factor = factors[unit.toLowerCase()];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}

/** A pattern for the whole text in which `*` stands for anything, slashes too. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is');
}

function includes(text: string | null, wanted: string): boolean {
  return text?.toLowerCase().includes(wanted) ?? false;
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}
