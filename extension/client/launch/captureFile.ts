import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { l10n } from 'vscode';
import { captureExtension } from '../../shared/contributions';
import type { Target } from './configuration';
import { isFolder, reason } from './resolveLaunch';

/** Makes the folder when needed, and gives the path of a capture that does not exist yet. Throws a sentence. */
export function newCaptureFile(folder: string, target: Target, now = new Date()): string {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      l10n.t(
        'Captures can\'t be written to {0} ({1}). Set "captureDirectory" to a folder that can be written to.',
        folder,
        reason(error),
      ),
    );
  }
  const name = `alloclens-${shortened(targetName(target))}.${stamp(now)}`;
  for (let n = 1; ; n++) {
    const path = join(folder, `${name}${n === 1 ? '' : `-${n}`}.${captureExtension}`);
    if (!existsSync(path)) return path;
  }
}

/** Whether the name is one that this gives: the launcher's own have the process's number there, not the time. */
export function isNamedByEditor(path: string): boolean {
  return /\.\d{8}-\d{6}(-\d+)?\.alloclens$/.test(path);
}

/** With its parents. Node's own `recursive` does not come back where nothing can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder);
}

/** `pipeline.py`, `package.module`, `code`. */
export function targetName(target: Target): string {
  switch (target.kind) {
    case 'program':
      return basename(target.path);
    case 'module':
      return target.name;
    case 'code':
      return 'code';
  }
}

/** The name of a file has 255 bytes at most, and something follows this one. */
function shortened(name: string): string {
  const encoded = Buffer.from(name);
  // A letter that was cut in two becomes U+FFFD.
  return encoded.length <= 200 ? name : encoded.toString('utf8', 0, 200).replace(/\uFFFD+$/, '');
}

/** Local time, so that names sort by age and tell it: 20240131-235959. */
function stamp(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
