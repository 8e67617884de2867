import type { Memento } from 'vscode';

const KEY = 'stoppedRuns';
/** Captures that are gone take no room for ever. */
const MOST = 200;

/** Runs that the user stopped: their captures look like those of killed programs, and are as they should be. */
export class StoppedRuns {
  constructor(private readonly state: Memento) {}

  /** The sentence that says so; null for other captures. */
  of(path: string): string | null {
    return this.state.get<Record<string, string>>(KEY, {})[path] ?? null;
  }

  async add(path: string, sentence: string): Promise<void> {
    const before = Object.entries(this.state.get<Record<string, string>>(KEY, {}));
    await this.state.update(KEY, Object.fromEntries([...before.slice(1 - MOST), [path, sentence]]));
  }
}
