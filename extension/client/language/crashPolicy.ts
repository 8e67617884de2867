/** A server that ends so often within so long will end again. */
const MAX_CRASHES = 4;
const WINDOW_MS = 3 * 60_000;

/** Decides whether a server that died is started again. */
export class CrashPolicy {
  private times: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Called once a crash; true when the server should be started again. */
  shouldRestart(): boolean {
    const now = this.now();
    this.times = [...this.times, now].filter((time) => now - time < WINDOW_MS);
    return this.times.length < MAX_CRASHES;
  }

  /** The user asked for a new start: earlier crashes do not count. */
  forget(): void {
    this.times = [];
  }
}
