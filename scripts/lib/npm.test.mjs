import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from './paths.mjs';

const lock = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;

test('package-lock.json has every optional dependency, also those of other systems: npm ci refuses it otherwise', () => {
  const absent = [];
  for (const [place, { optionalDependencies = {} }] of Object.entries(lock)) {
    for (const name of Object.keys(optionalDependencies)) {
      if (!lock[`${place}/node_modules/${name}`] && !lock[`node_modules/${name}`]) absent.push(name);
    }
  }
  expect(absent).toEqual([]);
});
