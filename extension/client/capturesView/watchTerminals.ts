import { dirname, isAbsolute, join } from 'node:path';
import { Disposable, RelativePattern, type TerminalShellExecution, Uri, window, workspace } from 'vscode';
import { captureExtension } from '../../shared/contributions';
import { splitArguments } from '../launch/argumentText';

/**
 * Tells of captures that commands in VS Code's terminals begin, wherever they write them; those in folders of the
 * workspace are seen anyway. Works in shells that tell VS Code of their commands: bash, zsh, fish, pwsh.
 */
export function watchTerminals(appeared: (path: string) => void): Disposable {
  const watching = new Map<TerminalShellExecution, Disposable>();
  return Disposable.from(
    window.onDidStartTerminalShellExecution(({ execution }) => {
      const folders = captureFolders(execution.commandLine.value, execution.cwd?.fsPath);
      const watchers = folders.flatMap((folder) => {
        const place = Uri.file(folder);
        if (workspace.getWorkspaceFolder(place)) return [];
        const watcher = workspace.createFileSystemWatcher(new RelativePattern(place, `*.${captureExtension}`));
        watcher.onDidCreate(({ fsPath }) => appeared(fsPath));
        return [watcher];
      });
      if (watchers.length > 0) watching.set(execution, Disposable.from(...watchers));
    }),
    window.onDidEndTerminalShellExecution(({ execution }) => {
      watching.get(execution)?.dispose();
      watching.delete(execution);
    }),
    { dispose: () => [...watching.values()].forEach((watchers) => void watchers.dispose()) },
  );
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
