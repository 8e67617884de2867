import { basename } from 'node:path';
import { type CancellationToken, CancellationTokenSource, l10n, ProgressLocation, window } from 'vscode';

type Reading<T> = (onProgress: (done: number, total: number) => void, token: CancellationToken) => Promise<T>;

/** Tells of a reading that takes longer than a moment, and lets the user cancel it. */
export class ReadingNotice {
  constructor(private readonly delayMs = 1000) {}

  async during<T>(path: string, read: Reading<T>): Promise<T> {
    const cancellation = new CancellationTokenSource();
    const progress = new LatestProgress();
    const result = read((done, total) => progress.set(done, total), cancellation.token);
    const timer = setTimeout(() => {
      void window.withProgress(
        { location: ProgressLocation.Notification, title: l10n.t('Reading {0}…', basename(path)), cancellable: true },
        async (report, token) => {
          token.onCancellationRequested(() => cancellation.cancel());
          progress.follow((increment) => report.report({ increment }));
          await result.catch(() => undefined);
        },
      );
    }, this.delayMs);
    try {
      return await result;
    } finally {
      clearTimeout(timer);
      cancellation.dispose();
    }
  }
}

/** Turns "bytes so far" into the increments of percent that VS Code wants, also for a bar that opens late. */
class LatestProgress {
  private percent = 0;
  private reported = 0;
  private listener: ((increment: number) => void) | null = null;

  set(done: number, total: number): void {
    this.percent = total > 0 ? (100 * done) / total : 0;
    this.tell();
  }

  follow(listener: (increment: number) => void): void {
    this.listener = listener;
    this.tell();
  }

  private tell(): void {
    if (!this.listener || this.percent <= this.reported) return;
    this.listener(this.percent - this.reported);
    this.reported = this.percent;
  }
}
