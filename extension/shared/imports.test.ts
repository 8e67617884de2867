import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Where code of each room may reach; docs/architecture.md draws the arrows. */
const rooms: Record<string, { mayImport: string[]; vscode: boolean }> = {
  'extension/agents': { mayImport: ['extension/agents', 'extension/shared'], vscode: false },
  'extension/client': { mayImport: ['extension/client', 'extension/agents', 'extension/shared'], vscode: true },
  'extension/server': {
    mayImport: ['extension/server', 'extension/agents', 'extension/shared', 'native/addon/index'],
    vscode: false,
  },
  'extension/shared': { mayImport: ['extension/shared'], vscode: false },
  webview: { mayImport: ['webview', 'extension/shared'], vscode: false },
};

interface Import {
  file: string;
  target: string;
}

/** Imports of a room's product files, relative ones as paths from the repository's root. */
function importsOf(room: string): Import[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(room, name))
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(
        ([, target]) => ({
          file,
          target: target?.startsWith('.') ? join(dirname(file), target) : (target ?? ''),
        }),
      ),
    );
}

describe.each(Object.entries(rooms))('%s', (room, { mayImport, vscode }) => {
  const imports = importsOf(room);

  test('has imports, or this test looks in the wrong place', () => {
    expect(imports.length).toBeGreaterThan(0);
  });

  test(`imports no room but ${mayImport.join(', ')}`, () => {
    const inRepository = imports.filter(({ target }) => /^(extension|webview|native|scripts|tests|\.\.)/.test(target));
    const allowed = (target: string) => mayImport.some((place) => target === place || target.startsWith(`${place}/`));
    expect(inRepository.filter(({ target }) => !allowed(target))).toEqual([]);
  });

  test(vscode ? 'may use the editor' : 'runs without an editor', () => {
    const fromEditor = imports.filter(({ target }) => target === 'vscode');
    expect(vscode ? [] : fromEditor).toEqual([]);
  });
});
