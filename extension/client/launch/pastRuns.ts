import type { DebugConfiguration, WorkspaceFolder } from 'vscode';

/** How a capture was started in this window. */
export interface PastRun {
  folder: WorkspaceFolder | undefined;
  configuration: DebugConfiguration;
}

/** Remembers by which configuration captures came about, so that a run can be repeated as it was. */
export class PastRuns {
  private readonly runs = new Map<string, PastRun>();

  add(capture: string, run: PastRun): void {
    this.runs.set(capture, run);
  }

  of(capture: string): PastRun | undefined {
    return this.runs.get(capture);
  }
}
