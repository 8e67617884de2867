import { expect, test } from 'vitest';
import { frameNamed, frames } from '../testing/tree';
import { fillOf } from './colours';

const root = frames(`
  All memory 100
    main 90 /app/main.py:9
      parse 55 /lib/csv.py:7 lib
      numpy 20 /site-packages/numpy.py:7 pkg
      malloc 10 c
      other 5 +14`);
const fill = (name: string, dimmed = false) => fillOf(frameNamed(root, name), dimmed);

test.each([
  ['main', 'flameOwn'],
  ['parse', 'flameStdlib'],
  ['numpy', 'flamePackage'],
  ['malloc', 'flameNative'],
])('%s has the theme’s colour %s', (name, colour) => {
  expect(fill(name)).toContain(`var(--vscode-alloclens-${colour})`);
});

test('a function has the same one of three shades wherever it is', () => {
  const shades = new Set(Array.from({ length: 50 }, (_, i) => fillOf({ ...frameNamed(root, 'main'), name: `f${i}` })));
  expect(shades.size).toBe(3);
  expect(fillOf({ ...frameNamed(root, 'main') })).toBe(fill('main'));
});

test('what a search did not find is mixed into the background to 34 %', () => {
  expect(fill('main', true)).toBe(
    'color-mix(in srgb, var(--vscode-alloclens-flameOwn) 34%, var(--vscode-editor-background))',
  );
});

test('the root and what was folded are neutral', () => {
  expect(fill('All memory', true)).toBe('var(--alloclens-root)');
  expect(fill('other')).toBe('var(--alloclens-folded)');
});

test('by own bytes, frames have the heat of their share, and those without any are neutral', () => {
  const paint = { colouring: 'heat', total: 100 } as const;
  const heat = (own: number) => fillOf({ ...frameNamed(root, 'main'), own }, false, paint);
  expect(heat(60)).toContain('var(--vscode-alloclens-heat5)');
  expect(heat(2)).toContain('var(--vscode-alloclens-heat1)');
  expect(heat(0)).toBe('var(--alloclens-folded)');
});

test('compared with another capture, growth and shrinkage have a colour each, and what stayed is neutral', () => {
  const grown = (bytes: number, base: number) => fillOf({ ...frameNamed(root, 'main'), bytes, base });
  expect(grown(30, 10)).toContain('alloclens-growth');
  expect(grown(10, 30)).toContain('alloclens-shrinkage');
  expect(grown(10, 10)).toBe('var(--alloclens-root)');
  expect(grown(30, 0)).not.toBe(grown(30, 20));
});
