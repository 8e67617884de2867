/** How a run ended, in words: for the debug console, and for a notification when it went wrong. */
import { l10n } from 'vscode';
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
  /** The user asked for it, and the sentence says so. */
  stopped: boolean;
  /** The interpreter is what to change. */
  interpreterRefused: boolean;
}

export function endingOf(run: Run): Ending {
  return run.captured || run.stopped ? endOfProgram(run) : refused(run);
}

function endOfProgram({ target, end: { exitCode, signal }, durationS, stopped, stderr }: Run): Ending {
  const subject = subjectOf(target);
  if (stopped) return { ...well(stoppedAfter(durationS)), stopped };
  const after = afterText(durationS);
  if (signal === 'SIGHUP' && stderr === null) return well(l10n.t('{0} ended with its terminal {1}.', subject, after));
  if (signal === 'SIGINT') return well(l10n.t('{0} was interrupted {1}.', subject, after));
  if (signal === 'SIGKILL') return badly(l10n.t('Killed by the system {0}, perhaps because memory ran out.', after));
  if (signal === 'SIGHUP' || signal === 'SIGTERM')
    return badly(l10n.t('{0} was ended by another program ({1}) {2}.', subject, signal, after));
  if (signal !== null) return badly(l10n.t('{0} crashed ({1}) {2}.', subject, signal, after));
  if (exitCode === 0) return well(l10n.t('{0} ended {1} (exit code 0).', subject, after));
  return badly(l10n.t('{0} ended with an error (exit code {1}).', subject, String(exitCode)));
}

/** "Stopped by you after 12.4 s." */
export function stoppedAfter(durationS: number): string {
  return l10n.t('Stopped by you {0}.', afterText(durationS));
}

function afterText(durationS: number): string {
  return l10n.t('after {0}', formatDuration(durationS));
}

function well(sentence: string): Ending {
  return { sentence, failed: false, cutShort: false, stopped: false, interpreterRefused: false };
}

function badly(sentence: string): Ending {
  return { sentence, failed: true, cutShort: true, stopped: false, interpreterRefused: false };
}

/** The launcher's refusals begin so. */
const LAUNCHER_SAYS = /^alloclens: (.+)$/m;
/** Of these, the ones that are about the interpreter. */
const ABOUT_INTERPRETER = /\b(CPython|PyPy|Python \d|[Ii]nterpreter|free-threaded|debug build)\b/;

/** There is no capture. The launcher says why it refused; when somebody else spoke, it was no Python that was started. */
function refused({ python, target, end, stderr }: Run): Ending {
  const subject = subjectOf(target);
  const how = end.signal ?? l10n.t('exit code {0}', String(end.exitCode));
  const refusal = (sentence: string, interpreterRefused: boolean): Ending => ({
    sentence,
    failed: true,
    cutShort: false,
    stopped: false,
    interpreterRefused,
  });
  if (stderr === null) return refusal(l10n.t('{0} was not started ({1}). The terminal says why.', subject, how), false);
  const why = LAUNCHER_SAYS.exec(stderr)?.[1];
  if (why !== undefined) return refusal(why, ABOUT_INTERPRETER.test(why));
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 200);
  return refusal(
    l10n.t(
      '{0} was not started: {1} ended at once ({2}). Is it a Python interpreter?',
      subject,
      python,
      said ? `${how}: ${said}` : how,
    ),
    true,
  );
}

function subjectOf(target: Target): string {
  switch (target.kind) {
    case 'program':
      return l10n.t('The script');
    case 'module':
      return l10n.t('The module');
    case 'code':
      return l10n.t('The code');
  }
}
