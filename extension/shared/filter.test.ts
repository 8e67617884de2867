import { describe, expect, test } from 'vitest';
import { parseFilter, type Subject } from './filter';

const subject = (name: string, change: Partial<Subject> = {}): Subject => ({
  name,
  file: `/app/core/${name}.py`,
  line: 10,
  origin: 'yours',
  bytes: 0,
  own: 0,
  allocations: 0,
  share: 0,
  ...change,
});

const subjects = [
  subject('load', { bytes: 50e6, own: 1e6, allocations: 5000, share: 0.5 }),
  subject('loads', {
    file: '/lib/json.py',
    origin: 'standard_library',
    bytes: 10e6,
    own: 10e6,
    allocations: 10,
    share: 0.1,
  }),
  subject('<module>', { bytes: 100e6, share: 1 }),
  subject('list comp', { file: null, line: null, bytes: 512 }),
];

const found = (text: string) =>
  subjects
    .filter((each) => parseFilter(text)?.matches(each))
    .map(({ name }) => name)
    .join(', ');

test.each([
  ['load', 'load, loads'],
  ['LOAD core', 'load'],
  ['"list comp"', 'list comp'],
  ['-load', '<module>, list comp'],
  ['@bytes>10MB', 'load, <module>'],
  ['@bytes>=10MB', 'load, loads, <module>'],
  ['@bytes<1kB', 'list comp'],
  ['@bytes=512', 'list comp'],
  ['@bytes>9.5MiB load', 'load, loads'],
  ['@own>5MB', 'loads'],
  ['@share>=50%', 'load, <module>'],
  ['@allocations>1k', 'load'],
  ['@line=10 @origin:standard', 'loads'],
  ['@file:*/core/*', 'load, <module>'],
  ['@file:json', 'loads'],
  ['-@file:*/core/*', 'loads, list comp'],
  ['@name:load?', 'loads'],
  ['@name:"list comp"', 'list comp'],
  ['@bytes>10MB @file:*/core/* load', 'load'],
])('%s finds %s', (text, names) => {
  expect(parseFilter(text)?.problem).toBeNull();
  expect(found(text)).toBe(names);
});

test('nothing typed is no filter', () => {
  expect(parseFilter('  ')).toBeNull();
});

describe('a term that is not understood', () => {
  test.each([
    ['@size>1', 'There is no field @size.'],
    ['@bytes', 'Write @bytes with a number: @bytes>10MB.'],
    ['@bytes>many', 'Write @bytes with a number: @bytes>10MB.'],
    ['@file', 'Write @file with a text: @file:load*.'],
  ])('%s is told about', (text, problem) => {
    expect(parseFilter(text)?.problem).toContain(problem);
  });

  test('filters nothing while it is typed', () => {
    expect(found('load @byt')).toBe('load, loads');
  });
});

test('what looks like a pattern is plain text outside a field', () => {
  expect(found('(')).toBe('');
  expect(found('.*')).toBe('');
  expect(found('<module>')).toBe('<module>');
});

test('terms about what a thing is and about its figures are told apart', () => {
  const filter = parseFilter('load -@bytes>=10MB @line:3 @share<5%');
  expect(filter?.ofPlace({ name: 'Loader', file: '/a.py', line: 3, origin: 'yours' })).toBe(true);
  expect(filter?.ofPlace({ name: 'Loader', file: '/a.py', line: 4, origin: 'yours' })).toBe(false);
  expect(filter?.amounts).toEqual([
    { field: 'bytes', comparison: '>=', value: 10e6, negated: true },
    { field: 'share', comparison: '<', value: 0.05, negated: false },
  ]);
});
