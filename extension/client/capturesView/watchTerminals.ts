import { readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { Disposable, type TerminalShellExecution, Uri, window, workspace } from 'vscode';
import { captureExtension } from '../../shared/contributions';
import { splitArguments } from '../launch/argumentText';

/** How often a folder is looked at while a command runs that may write to it. A watcher may come too late. */
const TICK_MS = 500;

/**
 * Tells of captures that commands in VS Code's terminals begin, wherever they write them; those in folders of the
 * workspace are seen anyway. Works in shells that tell VS Code of their commands: bash, zsh, fish, pwsh.
 */
export function watchTerminals(appeared: (path: string) => void): Disposable {
  const watching = new Map<TerminalShellExecution, { look(): void; timer: NodeJS.Timeout }>();
  return Disposable.from(
    window.onDidStartTerminalShellExecution(({ execution }) => {
      const outside = captureFolders(execution.commandLine.value, execution.cwd?.fsPath).filter(
        (folder) => !workspace.getWorkspaceFolder(Uri.file(folder)),
      );
      if (outside.length === 0) return;
      const began = Date.now();
      const told = new Set<string>();
      const look = () => {
        for (const path of outside.flatMap((folder) => capturesSince(began, folder))) {
          if (!told.has(path)) appeared(path);
          told.add(path);
        }
      };
      watching.set(execution, { look, timer: setInterval(look, TICK_MS) });
    }),
    window.onDidEndTerminalShellExecution(({ execution }) => {
      const { look, timer } = watching.get(execution) ?? {};
      clearInterval(timer);
      look?.();
      watching.delete(execution);
    }),
    {
      dispose() {
        for (const { timer } of watching.values()) clearInterval(timer);
      },
    },
  );
}

function capturesSince(time: number, folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(`.${captureExtension}`))
      .map((name) => join(folder, name))
      .filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= time);
  } catch {
    return []; // it is gone, or not ours to read
  }
}

/** Where `alloclens run` in a command line may write to: the current folder, and that of `-o`. */
export function captureFolders(commandLine: string, cwd: string | undefined): string[] {
  const words = splitArguments(commandLine) ?? [];
  const run = words.findIndex(
    (word, i) => word === 'run' && /(^|\/)alloclens(\/__main__\.py)?$/.test(words[i - 1] ?? ''),
  );
  if (run < 0 || cwd === undefined) return [];
  const output = words.slice(run + 1).flatMap((word, i, rest) => {
    const joined = /^(?:--output=|-[a-z]*o)(.+)$/.exec(word)?.[1];
    return joined ?? (/^(--output|-[a-z]*o)$/.test(word) ? (rest[i + 1] ?? []) : []);
  })[0];
  if (output === undefined) return [cwd];
  return [dirname(isAbsolute(output) ? output : join(cwd, output))];
}
