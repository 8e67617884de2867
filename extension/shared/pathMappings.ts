/** A folder that had another path where the program ran: in a container, or on another machine. */
export interface PathMapping {
  /** Absolute path of the folder here. */
  localRoot: string;
  /** Its path there. */
  remoteRoot: string;
}

/** The path here of a file that a capture names; the same when no mapping fits. */
export function toLocal(file: string, mappings: readonly PathMapping[]): string {
  return moved(
    file,
    mappings.map(({ localRoot, remoteRoot }) => [remoteRoot, localRoot]),
  );
}

/** The path that a capture has for a file here; the same when no mapping fits. */
export function toRemote(path: string, mappings: readonly PathMapping[]): string {
  return moved(
    path,
    mappings.map(({ localRoot, remoteRoot }) => [localRoot, remoteRoot]),
  );
}

function moved(path: string, roots: [from: string, to: string][]): string {
  for (const [from, to] of roots) {
    const folder = from.replace(/\/+$/, '');
    if (path === folder) return to;
    if (path.startsWith(`${folder}/`)) return `${to.replace(/\/+$/, '')}${path.slice(folder.length)}`;
  }
  return path;
}
