import { expect, test } from 'vitest';
import { substituted } from './pathMappings';

test('the folder of the workspace and the home folder are put in', () => {
  const given = [
    { localRoot: '${workspaceFolder}/src', remoteRoot: '/app' },
    { localRoot: '~/lib', remoteRoot: '/lib' },
  ];
  expect(substituted(given, '/w', '/home/me')).toEqual([
    { localRoot: '/w/src', remoteRoot: '/app' },
    { localRoot: '/home/me/lib', remoteRoot: '/lib' },
  ]);
});

test.each([
  [undefined],
  ['/app'],
  [[null, { localRoot: '/w' }]],
  [[{ localRoot: 'src', remoteRoot: '/app' }]],
  [[{ localRoot: '/w', remoteRoot: 'app' }]],
])('%j maps nothing', (given) => {
  expect(substituted(given, '/w', '/home/me')).toEqual([]);
});
