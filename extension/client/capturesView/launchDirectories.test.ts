import { expect, test } from 'vitest';
import { captureDirectoriesOf } from './launchDirectories';

test('folders of captures are read from launch.json, where nothing but a run could tell them', () => {
  const type = 'alloclens';
  const configurations = [
    { type, captureDirectory: '/captures' },
    { type, captureDirectory: '${userHome}/kept' },
    { type, captureDirectory: '${workspaceFolder}/../beside' },
    { type, captureDirectory: '${env:HOME}/unknown' },
    { type, program: 'a.py' },
    { type: 'debugpy', captureDirectory: '/elsewhere' },
    null,
  ];
  const variables = { workspaceFolder: '/srv/app', userHome: '/home/me' };
  expect(captureDirectoriesOf(configurations, variables)).toEqual(['/captures', '/home/me/kept', '/srv/app/../beside']);
  expect(captureDirectoriesOf(undefined, variables)).toEqual([]);
});
