import { setTimeout as delay } from 'node:timers/promises';
import type { ProgramEnd, RunningProgram } from './runningProgram';

/** Asks the program to end, and kills it when it has not after the grace time. `kill` shortens that. */
export async function stopProgram(program: RunningProgram, graceMs: number, kill: AbortSignal): Promise<ProgramEnd> {
  const done = new AbortController();
  program.signal('SIGTERM');
  const patience = delay(graceMs, 'over', { signal: AbortSignal.any([kill, done.signal]) }).catch(() => 'over');
  const first = await Promise.race([program.ended.then(() => 'ended'), patience]);
  done.abort();
  if (first === 'over') program.signal('SIGKILL');
  return program.ended;
}
