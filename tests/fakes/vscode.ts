/** As much of the editor's API as unit tests of the client need: what only counts and passes on. */

type Listener<T> = (value: T) => unknown;

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();

  readonly event = (listener: Listener<T>) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }

  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationTokenSource {
  private readonly cancelled = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.cancelled.event };

  cancel(): void {
    this.token.isCancellationRequested = true;
    this.cancelled.fire();
  }

  dispose(): void {
    this.cancelled.dispose();
  }
}

export enum ProgressLocation {
  Notification = 15,
}

/** Tests put here what they expect to be called. */
export const window: Record<string, unknown> = {};
export const env: Record<string, unknown> = { uriScheme: 'vscode' };
export const workspace: Record<string, unknown> = {};
export const commands: Record<string, unknown> = {};

/** English, as without a translation. */
export const l10n = {
  t: (message: string, ...values: unknown[]) => message.replace(/\{(\d+)\}/g, (_, place) => String(values[place])),
};
