/** A program that was started to be profiled, wherever it runs. */
export interface RunningProgram {
  /** Sends a signal to the program and what it started; harmless once it has ended. */
  signal(name: NodeJS.Signals): void;
  /** Never rejects. */
  readonly ended: Promise<ProgramEnd>;
}

/** How the process ended: exactly one of the two is set, or neither when nobody knows. */
export interface ProgramEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

/** To a process group when the number is negative. It may have ended between a look and the signal. */
export function sendSignal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    // Not allowed means that it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
