import { describe, expect, test } from 'vitest';
import type { Answers as Shapes, Summary } from '../../extension/shared/capture';
import { Answers } from './answers';
import { timelineCsv } from './csv';
import type { PageData } from './data';
import { run } from './testing';

const timeline = { times: [0, 1, 2], heap: [40, 60, 65], rss: [null, 100, 110], peak: { time_s: 2.5, bytes: 65 } };
const data: PageData = {
  title: 'run',
  path: '/run.alloclens',
  view: {},
  switches: { hideImports: false, onlyAllocations: false },
  summary: { peak_bytes: 65, total_bytes: 95 } as Summary,
  timeline,
  allocators: [],
  sizes: [],
  moments: run,
};
const answers = new Answers(data);
const range = { from_s: 0, to_s: 1 };

describe('a page answers', () => {
  test('functions with own bytes and those with callees', () => {
    const { functions } = answers.to({ query: 'functions', measure: 'total' }) as Shapes['functions'];
    const told = functions.map((row) => `${row.function} ${row.own.total_bytes} ${row.with_callees.total_bytes}`);
    expect(told).toEqual(['parse 80 80', 'read 15 15', 'loop 0 50', 'main 0 45', 'load 0 45']);
  });

  test('lines of a range, with what libraries asked for on the line of yours', () => {
    const { rows } = answers.to({ query: 'lines', scope: range }) as Shapes['lines'];
    const load = rows.find((row) => row.function === 'load');
    expect(load).toMatchObject({
      line: 20,
      peak_bytes: 0,
      yours: { peak_bytes: 40 },
      with_callees: { peak_bytes: 40 },
    });
  });

  test('modules outside the standard library, and threads', () => {
    const { modules } = answers.to({ query: 'modules' }) as Shapes['modules'];
    expect(modules.map((row) => `${row.module} ${row.with_callees.total_bytes}`)).toEqual(['main 95']);
    const { threads } = answers.to({ query: 'threads' }) as Shapes['threads'];
    expect(threads.map((row) => `${row.name} ${row.peak_bytes}`)).toEqual(['MainThread 15', 'loop 50']);
  });

  test('callers and callees of a function', () => {
    const id = { file: '/usr/lib/python3.12/json.py', function: 'parse', first_line: 39 };
    const told = answers.to({ query: 'neighbours', function: id, measure: 'total', limit: 9 }) as Shapes['neighbours'];
    expect(told.callers.map((row) => `${row.function} ${row.bytes}`)).toEqual(['loop 50', 'load 30']);
    expect(told.own.total_bytes).toBe(80);
  });

  test('totals of a range in the summary, and its part of the timeline', () => {
    expect(answers.to({ query: 'summary', scope: range })).toMatchObject({ peak_bytes: 40, total_bytes: 40 });
    expect(answers.to({ query: 'timeline', scope: range })).toMatchObject({ times: [0], heap: [40] });
    expect(answers.to({ query: 'summary' })).toBe(data.summary);
  });

  test('what it does not carry with a sentence', () => {
    expect(() => answers.to({ query: 'sizes', scope: range })).toThrow(/whole run only/);
    expect(() => answers.to({ query: 'history' })).toThrow(/Open the capture/);
  });
});

test('the series have one row a step as CSV, empty where no RSS was sampled', () => {
  expect(timelineCsv(timeline)).toBe('time_s,heap_bytes,rss_bytes\n0,40,\n1,60,100\n2,65,110\n');
});

test('a comparison is of whole runs', () => {
  const tree = { nodes: [], total_bytes: 1, total_allocations: 1 };
  const both = { down: tree, up: { ...tree, total_bytes: 2 } };
  const compared = new Answers({ ...data, diff: { peak: both, unfreed: both, total: both, temporary: both } });
  expect(compared.to({ query: 'tree', measure: 'peak', max_nodes: 9, inverted: true })).toBe(both.up);
  expect(() => compared.to({ query: 'tree', measure: 'peak', max_nodes: 9, scope: range })).toThrow('whole runs');
});
