import { expect, test } from 'vitest';
import { toLocal, toRemote } from './pathMappings';

const mappings = [
  { localRoot: '/home/me/shop', remoteRoot: '/app' },
  { localRoot: '/home/me/lib/', remoteRoot: '/srv/lib' },
];

test('a file of the container is the one of the workspace, and the other way', () => {
  expect(toLocal('/app/core/load.py', mappings)).toBe('/home/me/shop/core/load.py');
  expect(toRemote('/home/me/shop/core/load.py', mappings)).toBe('/app/core/load.py');
});

test('a slash at the end of a folder changes nothing', () => {
  expect(toRemote('/home/me/lib/a.py', mappings)).toBe('/srv/lib/a.py');
  expect(toLocal('/srv/lib/a.py', mappings)).toBe('/home/me/lib/a.py');
});

test('what lies beside a folder, or in none, keeps its path', () => {
  expect(toLocal('/application/a.py', mappings)).toBe('/application/a.py');
  expect(toLocal('/usr/lib/python3/json.py', mappings)).toBe('/usr/lib/python3/json.py');
});

test('the root of a container can be mapped', () => {
  expect(toLocal('/a.py', [{ localRoot: '/home/me/shop', remoteRoot: '/' }])).toBe('/home/me/shop/a.py');
  expect(toRemote('/home/me/shop/a.py', [{ localRoot: '/home/me/shop', remoteRoot: '/' }])).toBe('/a.py');
});

test('the first mapping that fits counts', () => {
  const inner = { localRoot: '/home/me/core', remoteRoot: '/app/core' };
  expect(toLocal('/app/core/a.py', [inner, ...mappings])).toBe('/home/me/core/a.py');
});
