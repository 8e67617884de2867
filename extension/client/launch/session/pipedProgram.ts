import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { l10n } from 'vscode';
import { reason } from '../resolveLaunch';
import { type ProgramEnd, type RunningProgram, sendSignal } from './runningProgram';

export type OnOutput = (category: 'stdout' | 'stderr', text: string) => void;

/** What was printed is in the pipes when the program ends; only a child that lives on keeps them open. */
const DRAIN_MS = 500;

/** Starts a program whose output comes here, for the debug console. Rejects with a sentence. */
export function startPiped(
  commandLine: readonly string[],
  cwd: string,
  env: Record<string, string>,
  onOutput: OnOutput,
): Promise<RunningProgram> {
  const [command = '', ...args] = commandLine;
  // A process group of its own, so that Stop also reaches what the program started.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => onOutput('stdout', text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => onOutput('stderr', text));

  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      void Promise.race([closed, delay(DRAIN_MS)]).then(() => resolve({ exitCode, signal }));
    });
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(l10n.t("{0} can't be started ({1}).", command, reason(error)))));
    child.once('spawn', () => {
      const group = -(child.pid as number);
      resolve({ ended, signal: (name) => void sendSignal(group, name) });
    });
  });
}
