import { existsSync } from 'node:fs';
import {
  DebugSession,
  ExitedEvent,
  InitializedEvent,
  OutputEvent,
  TerminatedEvent,
  Thread,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { l10n } from 'vscode';
import { newCaptureFile, targetName } from '../captureFile';
import { commandLine } from '../commandLine';
import type { ResolvedLaunch } from '../configuration';
import { programEnvironment } from '../environment';
import { type Ending, endingOf } from './ending';
import { startPiped } from './pipedProgram';
import type { ProgramEnd, RunningProgram } from './runningProgram';
import { stopProgram } from './stopProgram';
import { startInTerminal } from './terminalProgram';

/** A run that ended, as the session tells of it. */
export interface EndedRun {
  ending: Ending;
  launch: ResolvedLaunch;
  /** Path of the capture; null when the program was not started. */
  capture: string | null;
  /** The end of what was printed to stderr; null when it went to a terminal. */
  stderr: string | null;
}

/** What the debug configuration provider adds to a configuration: all that a session needs. */
export interface ProfileLaunch {
  launch: ResolvedLaunch;
}

/** Opening a terminal may need a shell with a slow start; not answering at all is an error. */
const TERMINAL_TIMEOUT_MS = 60_000;
const STDERR_KEPT = 4000;

/**
 * The debug adapter: runs one program under the launcher. It speaks DAP and has of VS Code its translations alone. There is
 * nothing to step through, so of DAP it has what starting, watching and ending a program needs.
 */
export class ProfileSession extends DebugSession {
  private launch: ResolvedLaunch | null = null;
  private program: Promise<RunningProgram> | null = null;
  private stopping: Promise<unknown> | null = null;
  private readonly killNow = new AbortController();
  private stderr: string | null = null;

  constructor(
    private readonly launcher: string,
    /** The program runs, or is about to, and records to this file. */
    private readonly onStarted: (capture: string) => void,
    private readonly onEnded: (run: EndedRun) => void,
  ) {
    super();
  }

  /** The session is over, whatever the program thinks of it. */
  override dispose(): void {
    this.program?.then(
      (program) => program.signal('SIGKILL'),
      () => undefined, // it was never started
    );
    super.dispose();
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = { supportsTerminateRequest: true, supportTerminateDebuggee: true };
    this.sendResponse(response);
    this.sendEvent(new InitializedEvent());
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, args: unknown): void {
    this.runProgram((args as ProfileLaunch).launch).then(
      () => this.sendResponse(response),
      // VS Code shows it in a dialog, with a way to launch.json.
      (error: Error) => this.refuse(response, error.message),
    );
  }

  private async runProgram(launch: ResolvedLaunch): Promise<void> {
    this.launch = launch;
    const capture = newCaptureFile(launch.captureDirectory, launch.target);
    const command = commandLine(launch, this.launcher, capture);
    const startedAt = performance.now();
    this.program = this.startProgram(launch, command);
    const program = await this.program;
    this.onStarted(capture);
    void program.ended.then((end) => this.finish(launch, capture, end, (performance.now() - startedAt) / 1000));
  }

  private startProgram(launch: ResolvedLaunch, command: string[]): Promise<RunningProgram> {
    if (launch.console !== 'internalConsole') {
      return startInTerminal(command, (words) => this.askForTerminal(launch, words));
    }
    this.stderr = '';
    const env = programEnvironment(process.env, launch.env);
    return startPiped(command, launch.cwd, env, (category, text) => this.output(category, text));
  }

  private output(category: 'stdout' | 'stderr', text: string): void {
    if (category === 'stderr') this.stderr = `${this.stderr}${text}`.slice(-STDERR_KEPT);
    this.sendEvent(new OutputEvent(text, category));
  }

  private askForTerminal(launch: ResolvedLaunch, words: string[]): Promise<void> {
    const request: DebugProtocol.RunInTerminalRequestArguments = {
      kind: launch.console === 'externalTerminal' ? 'external' : 'integrated',
      title: `AllocLens: ${targetName(launch.target)}`,
      cwd: launch.cwd,
      args: words,
      ...(Object.keys(launch.env).length > 0 && { env: launch.env }),
    };
    return new Promise((resolve, reject) => {
      this.runInTerminalRequest(request, TERMINAL_TIMEOUT_MS, (answer) => {
        if (answer.success) resolve();
        else
          reject(
            new Error(
              l10n.t('The terminal can\'t be opened ({0}). Set "console" to "internalConsole".', answer.message ?? ''),
            ),
          );
      });
    });
  }

  private finish(launch: ResolvedLaunch, file: string, end: ProgramEnd, durationS: number): void {
    const capture = existsSync(file) ? file : null;
    const ending = endingOf({
      target: launch.target,
      python: launch.python,
      end,
      durationS,
      stopped: this.stopping !== null,
      captured: capture !== null,
      stderr: this.stderr,
    });
    this.program = null;
    // A refusal stands in the console already, in the launcher's own words.
    if (!this.stderr?.includes(ending.sentence)) this.sendEvent(new OutputEvent(`${ending.sentence}\n`, 'console'));
    this.onEnded({ ending, launch, capture, stderr: this.stderr });
    if (end.exitCode !== null) this.sendEvent(new ExitedEvent(end.exitCode));
    this.sendEvent(new TerminatedEvent());
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    void this.endProgram();
    this.sendResponse(response);
  }

  /** Stop for the second time, or the session's end: here VS Code waits for the answer. */
  protected override disconnectRequest(
    response: DebugProtocol.DisconnectResponse,
    args: DebugProtocol.DisconnectArguments,
  ): void {
    if (this.stopping) this.killNow.abort();
    const done = args.terminateDebuggee === false ? Promise.resolve() : this.endProgram();
    void done.then(() => this.sendResponse(response));
  }

  private async endProgram(): Promise<void> {
    const { launch, program } = this;
    if (!launch || !program) return;
    this.stopping ??= program.then((running) => stopProgram(running, launch.stopGraceMs, this.killNow.signal));
    // A program that could not be started has nothing to stop; the launch request tells.
    await this.stopping.catch(() => undefined);
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [new Thread(1, 'MainThread')] };
    this.sendResponse(response);
  }

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    args: DebugProtocol.SetBreakpointsArguments,
  ): void {
    const message = l10n.t('AllocLens does not stop at breakpoints: the program runs as it would by itself.');
    response.body = { breakpoints: (args.breakpoints ?? []).map(() => ({ verified: false, message })) };
    this.sendResponse(response);
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.refuse(
      response,
      l10n.t("A program that is being profiled can't be paused. Stop ends it and shows its capture."),
    );
  }

  protected override evaluateRequest(response: DebugProtocol.EvaluateResponse): void {
    this.refuse(
      response,
      l10n.t(
        'A program that is being profiled takes no input here. Set "console" to "integratedTerminal" to type into it.',
      ),
    );
  }

  private refuse(response: DebugProtocol.Response, sentence: string): void {
    // As a variable, since braces in a path would be taken for one.
    this.sendErrorResponse(response, {
      id: 1,
      format: '{_sentence}',
      variables: { _sentence: sentence },
      showUser: true,
    });
  }
}
