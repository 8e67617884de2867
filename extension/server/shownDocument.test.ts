import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { URI } from 'vscode-uri';
import { showDocument } from './shownDocument';
import { type Golden, goldenCapture, summary } from './testing/goldenCapture';
import { shownByDefault } from './testing/goldenDocument';

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'alloclens-')));
  mkdirSync(join(folder, 'real'));
  file = join(folder, 'real', 'a.py');
  writeFileSync(file, 'x = 1\ny = 2\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function shownOf(path: string, answers: Golden, text = 'x = 1\ny = 2\n') {
  const capture = goldenCapture({ files: { files: [{ file, origin: 'yours' }] }, ...answers });
  return showDocument(shownByDefault, capture, { uri: URI.file(path).toString(), version: 1, text });
}

test('a document that the capture saw no code of has nothing to show', async () => {
  expect(await shownOf(join(folder, 'real', 'b.py'), {})).toBeNull();
});

test('a file is the same one behind a link', async () => {
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  expect((await shownOf(join(folder, 'link', 'a.py'), {}))?.file).toBe(file);
});

test('a file is the same one where its folder had another path', async () => {
  const files = { files: [{ file: '/app/real/a.py', origin: 'yours' as const }] };
  const mapped = { ...shownByDefault, pathMappings: [{ localRoot: folder, remoteRoot: '/app' }] };
  const text = { uri: URI.file(file).toString(), version: 1, text: 'x = 1\ny = 2\n' };
  expect(await showDocument(shownByDefault, goldenCapture({ files }), text)).toBeNull();
  expect((await showDocument(mapped, goldenCapture({ files }), text))?.file).toBe('/app/real/a.py');
});

describe('when the capture has no source', () => {
  const source = { text: null, uncertain: false };
  const started = summary.start_time_ms / 1000;

  test('a file last written before the run is the text that ran', async () => {
    utimesSync(file, started - 10, started - 10);
    const document = await shownOf(file, { source }, 'x = 1\nnew\ny = 2\n');
    expect(document?.mapping.find(2)).toEqual({ line: 3, stale: false });
    expect(document?.uncertain).toBe(false);
  });

  test('a file written later is in doubt, every line of it', async () => {
    utimesSync(file, started + 10, started + 10);
    const document = await shownOf(file, { source });
    expect(document?.mapping.find(1)).toEqual({ line: 1, stale: true });
    expect(document?.uncertain).toBe(true);
  });
});

test('a source that the tracker was not sure of is told', async () => {
  const document = await shownOf(file, { source: { text: 'x = 1\ny = 2\n', uncertain: true } });
  expect(document?.uncertain).toBe(true);
});
