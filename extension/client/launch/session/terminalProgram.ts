import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramEnd, type RunningProgram, sendSignal } from './runningProgram';

/** Types a command line into a terminal; rejects with a sentence. */
export type RunInTerminal = (commandLine: string[]) => Promise<void>;

/**
 * What a terminal does not tell its debug adapter, this tells us in a file: its process id, then the program's exit
 * status. Signals that are meant for the program must not end the one who reports.
 */
const REPORTER = `echo $$ >"$0.status" || exit 1
trap : HUP INT TERM
"$@"
echo $? >>"$0.status"
`;

const POLL_MS = 100;

/** Starts a program in a terminal: it has the keyboard, colours, and Ctrl-C. */
export async function startInTerminal(
  commandLine: readonly string[],
  runInTerminal: RunInTerminal,
): Promise<RunningProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'alloclens-'));
  // A file, since the command line is shown in the terminal.
  const reporter = join(folder, 'run');
  writeFileSync(reporter, REPORTER);
  try {
    await runInTerminal(['/bin/sh', reporter, ...commandLine]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return new TerminalProgram(folder, `${reporter}.status`);
}

class TerminalProgram implements RunningProgram {
  readonly ended: Promise<ProgramEnd>;
  private reporter: number | null = null;
  private end!: (end: ProgramEnd) => void;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly folder: string,
    private readonly report: string,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  signal(name: NodeJS.Signals): void {
    this.look();
    if (this.reporter === null) {
      // The terminal has not come to it, and without the folder there is nothing that it could start.
      this.finish({ exitCode: null, signal: name });
      return;
    }
    for (const pid of processesOf(this.reporter)) sendSignal(pid, name);
  }

  private look(): void {
    const [pid, status] = readLines(this.report);
    if (pid !== undefined) this.reporter = Number(pid);
    if (status !== undefined) this.finish(endOf(Number(status)));
    else if (this.reporter !== null && !sendSignal(this.reporter, 0) && readLines(this.report).length < 2) {
      // Killed together with the program.
      this.finish({ exitCode: null, signal: 'SIGKILL' });
    }
  }

  private finish(end: ProgramEnd): void {
    clearInterval(this.timer);
    rmSync(this.folder, { recursive: true, force: true });
    this.end(end);
  }
}

/** Whole lines; none while the file is not there. */
function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

/**
 * What to signal: the whole job, as Ctrl-C does, where the shell made one. A shell without job control has the
 * program in its own group, which must live, so there the program alone.
 */
function processesOf(reporter: number): number[] {
  try {
    // "pid (name) state ppid pgrp …"; the name may hold anything. proc(5)
    const stat = readFileSync(`/proc/${reporter}/stat`, 'utf8');
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    if (group === reporter) return [-reporter];
    const children = readFileSync(`/proc/${reporter}/task/${reporter}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A shell tells of signal n as exit status 128 + n. */
function endOf(status: number): ProgramEnd {
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  const signal = status > 128 ? names.find(([, number]) => number === status - 128)?.[0] : undefined;
  return signal ? { exitCode: null, signal } : { exitCode: status, signal: null };
}
