import { type DebugConfiguration, type Memento, Uri, type WorkspaceFolder, workspace } from 'vscode';

const KEY = 'pastRuns';
/** Captures that are gone take no room for ever. */
const MOST = 100;

/** How a capture was started in this workspace. */
export interface PastRun {
  folder: WorkspaceFolder | undefined;
  configuration: DebugConfiguration;
}

interface Kept {
  folder: string | undefined;
  configuration: DebugConfiguration;
}

/** Remembers by which configuration captures came about, so that a run can be repeated as it was, in a later window too. */
export class PastRuns {
  constructor(private readonly memento: Memento) {}

  /** What was resolved of it is not kept: it is resolved anew, and may hold what a file says of the environment. */
  async add(capture: string, { folder, configuration: { launch: _, ...configuration } }: PastRun): Promise<void> {
    const before = Object.entries(this.kept()).filter(([path]) => path !== capture);
    const run: Kept = { folder: folder?.uri.toString(), configuration };
    await this.memento.update(KEY, Object.fromEntries([...before.slice(1 - MOST), [capture, run]]));
  }

  of(capture: string): PastRun | undefined {
    const kept = this.kept()[capture];
    if (!kept) return undefined;
    const folder = kept.folder === undefined ? undefined : workspace.getWorkspaceFolder(Uri.parse(kept.folder));
    return { folder, configuration: kept.configuration };
  }

  private kept(): Record<string, Kept> {
    return this.memento.get<Record<string, Kept>>(KEY, {});
  }
}
