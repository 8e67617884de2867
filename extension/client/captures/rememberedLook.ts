import { existsSync } from 'node:fs';
import type { Disposable, Memento } from 'vscode';
import type { Look, ShownCapture } from './shownCapture';

const KEY = 'shownCapture';

interface Remembered extends Look {
  path: string;
}

/** What is shown, and how, survives a reload of the window. */
export class RememberedLook implements Disposable {
  private readonly listener: Disposable;
  private restoringNow: string | null = null;
  private stored: string;

  constructor(
    private readonly shown: ShownCapture,
    private readonly memento: Memento,
  ) {
    this.stored = JSON.stringify(memento.get(KEY));
    this.listener = shown.onDidChange(() => this.remember());
  }

  /** The capture that is being shown again; null when none is. */
  get restoring(): string | null {
    return this.restoringNow;
  }

  /** Shows what was shown; nothing, and says nothing, when its file is gone. */
  async restore(): Promise<void> {
    const before = this.memento.get<Remembered>(KEY);
    if (!before || !existsSync(before.path)) return;
    this.restoringNow = before.path;
    try {
      await this.shown.openAs(before.path, before);
    } finally {
      this.restoringNow = null;
      this.remember();
    }
  }

  dispose(): void {
    this.listener.dispose();
  }

  private remember(): void {
    const { last, look } = this.shown;
    // Half of it would be kept if the window were loaded once more meanwhile.
    if (!last || this.restoringNow !== null) return;
    const now: Remembered = { path: last.path, ...look };
    const text = JSON.stringify(now);
    if (text === this.stored) return;
    this.stored = text;
    void this.memento.update(KEY, now);
  }
}
