import { homedir } from 'node:os';
import { workspace } from 'vscode';
import { Setting } from '../../shared/contributions';
import type { PathMapping } from '../../shared/pathMappings';

/** The mappings of all folders of the workspace, with their variables replaced. What makes no sense is left out. */
export function pathMappings(): PathMapping[] {
  const folders = workspace.workspaceFolders ?? [];
  const all = (folders.length > 0 ? folders : [undefined]).flatMap((folder) => {
    const given = workspace.getConfiguration(undefined, folder).get<unknown>(Setting.PathMappings);
    return substituted(given, folder?.uri.fsPath, homedir());
  });
  const texts = new Set(all.map((mapping) => JSON.stringify(mapping)));
  return [...texts].map((text) => JSON.parse(text) as PathMapping);
}

/** As debuggers for Python do: `${workspaceFolder}` and `~` in the folder here. */
export function substituted(given: unknown, folder: string | undefined, home: string): PathMapping[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((entry: Partial<Record<keyof PathMapping, unknown>> | null) => {
    const { localRoot, remoteRoot } = entry ?? {};
    if (typeof localRoot !== 'string' || typeof remoteRoot !== 'string' || !remoteRoot.startsWith('/')) return [];
    const here = localRoot.replace(/^~(?=\/|$)/, home).replaceAll('${workspaceFolder}', folder ?? '');
    return here.startsWith('/') ? [{ localRoot: here, remoteRoot }] : [];
  });
}
