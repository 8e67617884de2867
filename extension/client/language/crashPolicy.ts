import { CloseAction, ErrorAction, type ErrorHandler } from 'vscode-languageclient/node';

/** A server that ends so often within so long will end again. */
const MAX_CRASHES = 4;
const WINDOW_MS = 3 * 60_000;

/** Decides whether a server that died is started again. The user is told by the caller, not by the library. */
export class CrashPolicy {
  private times: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** True when the server should be started again. */
  crashed(): boolean {
    const now = this.now();
    this.times = [...this.times, now].filter((time) => now - time < WINDOW_MS);
    return this.times.length < MAX_CRASHES;
  }

  forget(): void {
    this.times = [];
  }

  handler(gaveUp: () => void): ErrorHandler {
    return {
      // A broken message is logged; when the server is really gone, `closed` follows.
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        if (this.crashed()) {
          return { action: CloseAction.Restart, message: 'The language server ended; restarting it.', handled: true };
        }
        gaveUp();
        return { action: CloseAction.DoNotRestart, message: 'The language server ended too often.', handled: true };
      },
    };
  }
}
