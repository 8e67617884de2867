/** Folders to open, captures that were made in them, and what the command line says about those. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import type { LineRow, Summary } from '../../../extension/shared/capture';
import { inRoot, launcher, python } from '../../../scripts/lib/paths.mjs';

/** A fresh copy of test-fixtures/workspace, with more files by their relative names. */
export function makeWorkspace(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(inject('scratch'), 'workspace-'));
  cpSync(inRoot('test-fixtures/workspace'), folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const listCaptures = () => {
  const folder = inject('captures');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.alloclens'),
  );
  return names.map((name) => path.join(folder, name));
};

/** The capture that was made last. */
export function newestCapture(): string {
  const captures = listCaptures().sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!captures[0]) throw new Error('No capture was made.');
  return captures[0];
}

const ask = <T>(command: string, capture: string, ...more: string[]) =>
  JSON.parse(
    execFileSync(python, [launcher, command, '--json', ...more, capture], { encoding: 'utf8', maxBuffer: 1e9 }),
  ) as T;

export const linesOf = (capture: string, ...more: string[]) => ask<{ rows: LineRow[] }>('lines', capture, ...more).rows;
export const summaryOf = (capture: string) => ask<Summary>('summary', capture);
