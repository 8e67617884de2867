/** How a run ended, in words: for the debug console, and for a notification when it went wrong. */
import { formatDuration } from '../../../shared/units';
import type { Target } from '../configuration';
import type { ProgramEnd } from './runningProgram';

export interface Run {
  target: Target;
  python: string;
  end: ProgramEnd;
  durationS: number;
  /** The user asked for the end. */
  stopped: boolean;
  /** There is a capture: the launcher came as far as to run the program. */
  captured: boolean;
  /** What was printed to stderr, its end; null when it went to a terminal. */
  stderr: string | null;
}

export interface Ending {
  sentence: string;
  /** The user should hear of it, also when nobody looks at the console. */
  failed: boolean;
  /** Something went wrong, and what was recorded before is there: to be said once it is shown. */
  cutShort: boolean;
  /** The interpreter is what to change. */
  interpreterRefused: boolean;
}

export function endingOf(run: Run): Ending {
  return run.captured || run.stopped ? endOfProgram(run) : refused(run);
}

function endOfProgram({ target, end: { exitCode, signal }, durationS, stopped, stderr }: Run): Ending {
  const subject = subjectOf(target);
  const after = `after ${formatDuration(durationS)}`;
  if (stopped) return well(`Stopped by you ${after}.`);
  if (signal === 'SIGHUP' && stderr === null) return well(`${subject} ended with its terminal ${after}.`);
  if (signal === 'SIGINT') return well(`${subject} was interrupted ${after}.`);
  if (signal === 'SIGKILL') return badly(`Killed by the system ${after}, perhaps because memory ran out.`);
  if (signal === 'SIGHUP' || signal === 'SIGTERM')
    return badly(`${subject} was ended by another program (${signal}) ${after}.`);
  if (signal !== null) return badly(`${subject} crashed (${signal}) ${after}.`);
  if (exitCode === 0) return well(`${subject} ended ${after} (exit code 0).`);
  return badly(`${subject} ended with an error (exit code ${exitCode}).`);
}

function well(sentence: string): Ending {
  return { sentence, failed: false, cutShort: false, interpreterRefused: false };
}

function badly(sentence: string): Ending {
  return { sentence, failed: true, cutShort: true, interpreterRefused: false };
}

/** The launcher's refusals begin so. */
const LAUNCHER_SAYS = /^alloclens: (.+)$/m;
/** Of these, the ones that are about the interpreter. */
const ABOUT_INTERPRETER = /\b(CPython|PyPy|Python \d|[Ii]nterpreter|free-threaded|debug build)\b/;

/** There is no capture. The launcher says why it refused; when somebody else spoke, it was no Python that was started. */
function refused({ python, target, end, stderr }: Run): Ending {
  const subject = subjectOf(target);
  const how = end.signal ?? `exit code ${end.exitCode}`;
  const refusal = (sentence: string, interpreterRefused: boolean): Ending => ({
    sentence,
    failed: true,
    cutShort: false,
    interpreterRefused,
  });
  if (stderr === null) return refusal(`${subject} was not started (${how}). The terminal says why.`, false);
  const why = LAUNCHER_SAYS.exec(stderr)?.[1];
  if (why !== undefined) return refusal(why, ABOUT_INTERPRETER.test(why));
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 200);
  return refusal(
    `${subject} was not started: ${python} ended at once (${how}${said ? `: ${said}` : ''}). Is it a Python interpreter?`,
    true,
  );
}

/** `The script`, `The module`, `The code`. */
function subjectOf(target: Target): string {
  return target.kind === 'program' ? 'The script' : `The ${target.kind}`;
}
