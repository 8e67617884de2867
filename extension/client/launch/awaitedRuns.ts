import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { type CancellationToken, type DebugConfiguration, type DebugSession, debug, l10n, workspace } from 'vscode';
import { DebugType } from '../../shared/contributions';
import type { LaunchAttributes } from './configuration';
import type { LaunchConfigurationProvider } from './configurationProvider';
import { mayRunPrograms } from './mayRunPrograms';
import { QUIETLY } from './profileCommands';
import type { EndedRun } from './session/profileSession';

/** Of what a script that failed printed to stderr, its end. */
const STDERR_TOLD = 2000;

interface Awaited {
  session: DebugSession | null;
  end(run: EndedRun): void;
}

/** Runs whose end somebody waits for: an agent's, whose answer they are. */
export class AwaitedRuns {
  private readonly runs = new Map<string, Awaited>();

  constructor(private readonly configurations: LaunchConfigurationProvider) {}

  started(session: DebugSession): void {
    const run = this.runs.get(session.configuration.awaited);
    if (run) run.session = session;
  }

  ended({ awaited }: DebugConfiguration, run: EndedRun): void {
    this.runs.get(awaited)?.end(run);
  }

  /** Rejects with a sentence when nothing was recorded. */
  async run(
    attributes: LaunchAttributes,
    { timeoutMs, token }: { timeoutMs: number; token: CancellationToken },
  ): Promise<{ sentence: string; capture: string }> {
    if (!mayRunPrograms()) {
      throw new Error(l10n.t('Programs are not run here: the folder is not trusted, or this is not Linux.'));
    }
    const folder = workspace.workspaceFolders?.[0];
    const wrong = await this.configurations.problemOf(folder, attributes);
    if (wrong) throw new Error(wrong);
    const awaited = randomUUID();
    const name = `Profile Memory: ${basename(attributes.program ?? attributes.module ?? 'code')}`;
    const configuration = { type: DebugType.AllocLens, request: 'launch', name, ...attributes, awaited };
    const ended = new Promise<EndedRun>((end) => this.runs.set(awaited, { session: null, end }));
    const stop = () => {
      const session = this.runs.get(awaited)?.session;
      if (session) void debug.stopDebugging(session);
    };
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      stop();
    }, timeoutMs);
    const cancellation = token.onCancellationRequested(stop);
    try {
      if (!(await debug.startDebugging(folder, configuration, QUIETLY))) {
        throw new Error(l10n.t('{0} was not started. The editor says why.', name));
      }
      const { ending, capture, stderr } = await ended;
      if (capture === null) throw new Error(ending.sentence);
      const seconds = timeoutMs / 1000;
      const stopped = `It was stopped after ${seconds} s; the figures are of what it did until then.`;
      const why = ending.failed && stderr ? `\nThe end of its error output:\n${stderr.trim().slice(-STDERR_TOLD)}` : '';
      return { sentence: overdue ? stopped : ending.sentence + why, capture };
    } finally {
      clearTimeout(timer);
      cancellation.dispose();
      this.runs.delete(awaited);
    }
  }
}
