/** The only file that loads vscode-languageclient, which takes a while: import it when the server is wanted. */
import { type LogOutputChannel, l10n } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { Command } from '../../shared/contributions';
import { reading, type ServerOptions } from '../../shared/protocol';

/** Commands that links in hovers may run. */
const LINKED_COMMANDS = [Command.OpenFlameGraph, Command.RevealLocation, Command.ShowLineDetails, Command.ClearFigures];

export interface ClientEvents {
  /** The server's process ended by itself; true starts another. */
  crashed(): boolean;
  /** It took the place of one that ended. */
  restarted(): void;
  reading(path: string, done: number, total: number): void;
}

/** Starts the server's bundle as a process of its own; resolves when it answers. */
export async function startClient(
  module: string,
  log: LogOutputChannel,
  events: ClientEvents,
): Promise<LanguageClient> {
  const run = { module, transport: TransportKind.ipc };
  const client = new LanguageClient(
    'alloclens',
    'AllocLens',
    { run, debug: run },
    {
      documentSelector: [{ scheme: 'file', language: 'python' }],
      // What is not visible when the server starts would else never be told to it.
      textSynchronization: { delayOpenNotifications: true },
      initializationOptions: { drawsFigures: true, translations: l10n.bundle } satisfies ServerOptions,
      outputChannel: log,
      // What a person should know is told by us, in a sentence; the rest is in the log.
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      markdown: { isTrusted: { enabledCommands: LINKED_COMMANDS }, supportThemeIcons: true },
      errorHandler: {
        // A message that could not be written; when the server is really gone, `closed` follows.
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () =>
          events.crashed()
            ? { action: CloseAction.Restart, message: 'The language server ended; starting another.', handled: true }
            : { action: CloseAction.DoNotRestart, message: 'The language server ended too often.', handled: true },
      },
    },
  );
  let ranBefore = false;
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) return;
    if (ranBefore) events.restarted();
    ranBefore = true;
  });
  client.onNotification(reading.method, ({ path, done, total }: NonNullable<typeof reading.params>) =>
    events.reading(path, done, total),
  );
  await client.start();
  return client;
}
