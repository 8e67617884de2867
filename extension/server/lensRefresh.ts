/** An editor that does not ask again within this shows no lenses now. */
const PATIENCE_MS = 2000;

/**
 * Asks the editor to ask for lenses again, once it has got those that it was asked to ask for before: VS Code waits for
 * a pause in such requests, and of a program that runs there is none.
 */
export class LensRefresh {
  private timer: NodeJS.Timeout | null = null;
  private again = false;

  constructor(
    private readonly send: () => void,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  request(): void {
    if (this.timer) {
      this.again = true;
      return;
    }
    this.timer = setTimeout(() => this.answered(), this.patienceMs);
    this.send();
  }

  /** The editor asked, and has its lenses. */
  answered(): void {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.again) return;
    this.again = false;
    this.request();
  }
}
