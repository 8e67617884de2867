/** Codes of vscode-jsonrpc for requests whose connection went away: MessageWriteError, PendingResponseRejected, ConnectionInactive. */
import { l10n } from 'vscode';

const CONNECTION_CODES = new Set([-32099, -32097, -32096]);

/** An error whose message can be shown; what the server said stands, with its code and data. */
export function readableError(error: unknown): Error {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'number' && CONNECTION_CODES.has(code)) {
    return new ServerEndedError();
  }
  if (error instanceof Error) return error;
  return new Error(typeof message === 'string' ? message : String(error));
}

export class ServerEndedError extends Error {
  constructor() {
    super(l10n.t('The language server of AllocLens ended before it answered. The log has what it said last.'));
  }
}

/** A request that the user or a newer request cancelled: nothing to tell. */
export function isCancellation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, data } = error as Error & { code?: unknown; data?: { code?: unknown } };
  return error.name === 'Canceled' || code === REQUEST_CANCELLED || data?.code === 'cancelled';
}

/** LSPErrorCodes.RequestCancelled. */
const REQUEST_CANCELLED = -32800;
