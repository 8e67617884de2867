import { expect, test } from 'vitest';
import type { PathFrame, Unfreed, UnfreedGroup } from '../../extension/shared/capture';
import { sectionsOf } from './reasons';

const frame = (name: string, line: number, origin: PathFrame['origin'] = 'yours'): PathFrame => ({
  file: origin === 'yours' ? '/w/app.py' : '/lib/json.py',
  line,
  function: name,
  origin,
});

function group(growth_bytes: number[], change: Partial<UnfreedGroup> = {}): UnfreedGroup {
  const bytes = growth_bytes.reduce((sum, each) => sum + each, 0);
  return {
    keeper: 'none',
    kept_by: null,
    path: [frame('add', 9)],
    bytes,
    allocations: 100,
    growth_bytes,
    kept_share: 1,
    ...change,
  };
}

const MB = 1e6;
const grows = [1, 1, 1, 1, 1, 1, 1, 1].map((each) => each * MB);
const once = [8 * MB, 0, 0, 0, 0, 0, 0, 0];
const late = [0, 0, 0, 0, 0, 0, 0, 8 * MB];

function told(groups: UnfreedGroup[], search = '', range: { from_s: number } | null = null): string[] {
  const none = { bytes: 0, allocations: 0, groups: 0 };
  const unfreed: Unfreed = { part_s: 1.5, groups, totals: { none, import: none, cache: none } };
  return sectionsOf(unfreed, { range, units: 'si', search }).flatMap(({ title, groups }) =>
    groups.map(({ name, place, reason }) => `${title}: ${name} ${place}: ${reason}`.replaceAll('\u00a0', ' ')),
  );
}

test.each<[string, UnfreedGroup, string]>([
  [
    'what grew in every part',
    group(grows),
    'Suspected: add app.py:9: Grew in each of the 8 equal parts of the run, by 666.7 kB a second, and none of its 100 blocks was freed.',
  ],
  [
    'what grew in some parts, and is partly freed',
    group([MB, 0, MB, 0, MB, 0, MB, 0], { kept_share: 0.4 }),
    'Suspected: add app.py:9: Grew in 4 of 8 equal parts of the run, by 333.3 kB a second, and 40 % of what it allocated is still there.',
  ],
  [
    'what was made once',
    group(once),
    'Kept, without growing: add app.py:9: Allocated by 1.5 s and kept since; nothing was added later.',
  ],
  [
    'what stopped growing',
    group([MB, MB, MB, MB, 0, 0, 0, 0]),
    'Kept, without growing: add app.py:9: It has not grown since 6.0 s.',
  ],
  [
    'what came at the end',
    group(late),
    'Kept, without growing: add app.py:9: Allocated towards the end of the run, so whether it would grow is not known.',
  ],
  [
    'a cache that is full',
    group(once, { keeper: 'cache', kept_by: { ...frame('parse', 4), module: 'app' } }),
    'Kept by caches: add app.py:9: Kept by the cache parse (app.py:4); allocated by 1.5 s and kept since; nothing was added later.',
  ],
  [
    'a cache that grows',
    group(grows, { keeper: 'cache', kept_by: { ...frame('parse', 4), module: 'app' } }),
    'Kept by caches: add app.py:9: Kept by the cache parse (app.py:4); it grew until the end: does it have a limit?',
  ],
  [
    'an import',
    group(grows, { keeper: 'import', kept_by: { ...frame('<module>', 1), module: 'numpy' } }),
    'Kept by imports: numpy : Made while numpy was imported: its code and classes, and what it set up.',
  ],
])('%s is told so', (_, each, sentence) => {
  expect(told([each])).toEqual([sentence]);
});

test('times in a range are those of the run', () => {
  expect(told([group(once)], '', { from_s: 10 })).toEqual([
    'Kept, without growing: add app.py:9: Allocated by 11.5 s and kept since; nothing was added later.',
  ]);
});

test('a group goes by the innermost frame of yours, and is found by any frame', () => {
  const library = group(grows, { path: [frame('loads', 3, 'standard_library'), frame('read', 20)] });
  expect(told([library])[0]).toMatch(/^Suspected: read app\.py:20: /);
  expect(told([library], 'json')).toHaveLength(1);
  expect(told([library], 'nothing')).toEqual([]);
});
