import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Disposable, type FileSystemWatcher, RelativePattern, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { captureExtension, Setting } from '../../shared/contributions';
import type { CaptureFile } from './captureFacts';
import { captureDirectoriesOf } from './launchDirectories';

const PATTERN = `**/*.${captureExtension}`;
/** What a workspace holds beyond this many is not listed: a list that long helps nobody. */
const MOST_IN_WORKSPACE = 500;

/** Where captures of this workspace lie: in its folders, in the folder of the setting, and in the extension's own. */
export class CaptureFolders {
  constructor(readonly own: string) {}

  isOwn(path: string): boolean {
    return path.startsWith(`${this.own}/`);
  }

  async find(): Promise<CaptureFile[]> {
    const inside = await workspace.findFiles(PATTERN, '**/{node_modules,.git,.venv,venv}/**', MOST_IN_WORKSPACE);
    const outside = await Promise.all(this.outside().map(filesIn));
    const paths = new Set(
      [...inside.filter(({ scheme }) => scheme === 'file'), ...outside.flat()].map((uri) => uri.fsPath),
    );
    return [...paths].flatMap((path) => fileAt(path) ?? []);
  }

  /** `changed` is told of captures that come, grow and go, `moved` when they are to be looked for elsewhere. */
  watch(changed: (path: string, created: boolean) => void, moved: () => void): Disposable {
    let watchers: FileSystemWatcher[] = [];
    const listen = (watcher: FileSystemWatcher) => {
      watcher.onDidCreate(({ fsPath }) => changed(fsPath, true));
      watcher.onDidChange(({ fsPath }) => changed(fsPath, false));
      watcher.onDidDelete(({ fsPath }) => changed(fsPath, false));
      watchers.push(watcher);
    };
    const end = () => {
      for (const watcher of watchers) watcher.dispose();
      watchers = [];
    };
    const begin = () => {
      listen(workspace.createFileSystemWatcher(PATTERN));
      for (const folder of this.outside()) {
        listen(workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), PATTERN)));
      }
    };
    begin();
    const settings = workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(Setting.CaptureDirectory) && !event.affectsConfiguration('launch')) return;
      end();
      begin();
      moved();
    });
    return Disposable.from(settings, { dispose: end });
  }

  private outside(): string[] {
    const chosen = (workspace.workspaceFolders ?? [undefined]).flatMap((folder) => {
      const setting = workspace.getConfiguration(undefined, folder).get<string>(Setting.CaptureDirectory, '');
      return [setting, ...launchDirectories(folder)].map((path) => path.replace(/^~(?=\/|$)/, homedir()));
    });
    const folders = chosen.filter((path) => path.startsWith('/')).map((path) => join(path));
    return [...new Set([this.own, ...folders])];
  }
}

/** What the configurations of launch.json say, as far as it can be told without running them. */
function launchDirectories(folder: WorkspaceFolder | undefined): string[] {
  const configurations = workspace.getConfiguration('launch', folder).get<unknown>('configurations');
  return captureDirectoriesOf(configurations, { workspaceFolder: folder?.uri.fsPath, userHome: homedir() });
}

async function filesIn(folder: string): Promise<Uri[]> {
  const uri = Uri.file(folder);
  try {
    const names = (await workspace.fs.readDirectory(uri)).map(([name]) => name);
    return names.filter((name) => name.endsWith(`.${captureExtension}`)).map((name) => Uri.joinPath(uri, name));
  } catch {
    return []; // nothing was recorded yet
  }
}

export function fileAt(path: string): CaptureFile | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? { path, size: found.size, modified: found.mtimeMs } : null;
}
