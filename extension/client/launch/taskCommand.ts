import { l10n } from 'vscode';
import { recordingOptions, targetArguments } from './commandLine';
import { type LaunchAttributes, problemOf, type Target } from './configuration';
import { argumentsOf } from './resolveLaunch';

/** Of launch.json, what only a debug session has or looks up. */
const ofSessions = ['request', 'console', 'envFile', 'captureDirectory'] as const;

/**
 * The name of a capture has the process's number, which only the process itself knows before it starts: so a run that is
 * repeated has a capture of its own, and the editor finds it. The shell becomes the program.
 */
const SCRIPT = 'c=$1.$$.alloclens; p=$2; l=$3; shift 3; exec "$p" "$l" run -q -o "$c" "$@"';

export interface TaskCommand {
  command: string;
  args: string[];
  cwd: string | undefined;
  env: Record<string, string>;
}

/** What is wrong with a task's definition, as a sentence; null when nothing is. */
export function problemOfTask(definition: Record<string, unknown>): string | null {
  const foreign = ofSessions.find((field) => definition[field] !== undefined);
  if (foreign) return l10n.t('A task has no "{0}"; launch.json has. Remove it.', foreign);
  return problemOf(definition)?.message ?? null;
}

/** What a task runs, variables and all: VS Code replaces them when it starts it. */
export function taskCommand(
  task: LaunchAttributes,
  { python, launcher, captures }: { python: string; launcher: string; captures: string },
): TaskCommand {
  const target = targetOf(task);
  const removed = Object.entries(task.env ?? {}).flatMap(([name, value]) => (value === null ? ['-u', name] : []));
  const set = Object.entries(task.env ?? {}).filter((entry): entry is [string, string] => entry[1] !== null);
  const shell = ['/bin/sh', '-c', SCRIPT, 'alloclens', `${captures}/alloclens-${nameOf(target)}`, python, launcher];
  const words = [...shell, ...recordingOptions(task), ...targetArguments(target), ...argumentsOf(task)];
  const [command = '', ...args] = removed.length > 0 ? ['/usr/bin/env', ...removed, ...words] : words;
  return { command, args, cwd: task.cwd, env: Object.fromEntries(set) };
}

function targetOf({ program, module, code }: LaunchAttributes): Target {
  if (program !== undefined) return { kind: 'program', path: program };
  if (module !== undefined) return { kind: 'module', name: module };
  return { kind: 'code', text: typeof code === 'string' ? code : (code ?? []).join('\n') };
}

function nameOf(target: Target): string {
  if (target.kind === 'code') return 'code';
  const name = target.kind === 'module' ? target.name : target.path.replace(/^.*\//, '');
  // VS Code knows only later what stands for a variable.
  return name.includes('${') ? 'task' : name.slice(0, 100);
}
