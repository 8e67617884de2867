import { expect, test } from 'vitest';
import { openFromLink } from './uriHandler';

test('a link opens the capture that it names', async () => {
  const opened: string[] = [];
  await openFromLink({ path: '/open', query: 'capture=/tmp/a%20b.alloclens' }, (path) => opened.push(path));
  expect(opened).toEqual(['/tmp/a b.alloclens']);
});

test.each(['', 'capture=a.alloclens', 'capture=/etc/passwd'])(
  'a link with "%s" is refused with a sentence',
  async (query) => {
    await expect(openFromLink({ path: '/open', query }, () => {})).rejects.toThrow('This link names no capture.');
  },
);
