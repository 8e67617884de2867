import { expect, test } from 'vitest';
import { initialView } from '../../shared/panel';
import { parseLink, queryOf } from './captureLink';

const parsed = (query: string) => parseLink({ path: '/open', query });

test('a link brings back the capture as it was looked at', () => {
  const view = {
    ...initialView,
    measure: 'total',
    inverted: true,
    search: '@bytes>10MB load & save',
    range: { from_s: 2.5, to_s: 4 },
    region: 'index & co',
    zoom: ['/app/main.py\nmain\n9'],
    root: { file: '/app/main.py', function: 'load', first_line: 3 },
  } as const;
  const { measure, inverted, search, range, region, zoom, root } = view;
  expect(parsed(queryOf({ path: '/captures/größe &.alloclens', view: { ...view, zoom: [...zoom] } }))).toEqual({
    path: '/captures/größe &.alloclens',
    view: { measure, inverted, search, range, region, zoom, root },
  });
});

test('a link as a person writes it needs the path alone', () => {
  expect(parsed('capture=/a.alloclens')).toEqual({ path: '/a.alloclens', view: {} });
});

test.each([
  ['measure=rss', {}],
  ['from=soon&to=-1', {}],
  ['zoom={broken', {}],
  ['zoom=[1,2]', {}],
  ['function={"file":1}', {}],
  ['from=2', { range: { from_s: 2 } }],
])('what makes no sense in "%s" is left out', (query, view) => {
  expect(parsed(`capture=/a.alloclens&${query}`).view).toEqual(view);
});

test.each([
  ['/open', ''],
  ['/open', 'capture='],
  ['/open', 'capture=relative.alloclens'],
  ['/open', 'capture=/etc/passwd'],
  ['/elsewhere', 'capture=/a.alloclens'],
])('%s?%s opens nothing', (path, query) => {
  expect(() => parseLink({ path, query })).toThrow(/names no capture/);
});
