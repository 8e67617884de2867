/** What launch.json says of a run, what is wrong with it, and what a run needs once it is resolved. */
import { l10n } from 'vscode';
import { splitArguments } from './argumentText';

/** The attributes of debug type `alloclens`, as a person writes them. Exactly one of program, module and code is set. */
export interface LaunchAttributes {
  program?: string;
  module?: string;
  /** One text, or its lines. */
  code?: string | string[];
  /** A list, or one text that is split as a shell does. */
  args?: string | string[];
  cwd?: string;
  /** null removes a variable. */
  env?: Record<string, string | null>;
  envFile?: string;
  python?: string;
  console?: Console;
  detail?: Detail;
  /** Each Python program that this one starts gets a capture too. */
  followChildren?: boolean;
  /** Of heap, for example 500MB or 2GiB: the program is killed when it passes that. */
  memoryLimit?: string;
  /** What happens to what would pass the limit: the program is killed, or that code gets a MemoryError. */
  memoryLimitAction?: LimitAction;
  /** Frames of C, C++ and Rust code are recorded too. */
  native?: boolean;
  /** Sums instead of events: captures of constant size, and no ranges of time. */
  aggregate?: boolean;
  /** Sources of the program's own code are put into the capture; the default. */
  sources?: boolean;
  /** Milliseconds between two looks at the resident memory. */
  memoryInterval?: number;
  captureDirectory?: string;
}

export const consoles = ['internalConsole', 'integratedTerminal', 'externalTerminal'] as const;
export type Console = (typeof consoles)[number];
export const details = ['objects', 'system'] as const;
export type Detail = (typeof details)[number];
export const limitActions = ['kill', 'raise'] as const;
export type LimitAction = (typeof limitActions)[number];
/** What the launcher takes, milliseconds. */
export const memoryIntervals = { least: 1, most: 60_000 };

export type Target =
  | { kind: 'program'; path: string }
  | { kind: 'module'; name: string }
  | { kind: 'code'; text: string };

/** A run with nothing left to look up: what the debug adapter gets. All paths are absolute. */
export interface ResolvedLaunch {
  target: Target;
  args: string[];
  cwd: string;
  /** What is set or (null) removed, of the environment that the program would have anyway. */
  env: Record<string, string | null>;
  python: string;
  console: Console;
  /** Left to the launcher when absent, as all that follows. */
  detail?: Detail;
  followChildren?: boolean;
  memoryLimit?: string;
  memoryLimitAction?: LimitAction;
  native?: boolean;
  aggregate?: boolean;
  sources?: boolean;
  memoryInterval?: number;
  captureDirectory: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  stopGraceMs: number;
}

/** A sentence about one attribute. */
export interface Problem {
  field: string;
  message: string;
}

const targetFields = ['program', 'module', 'code'] as const;
const textFields = ['program', 'module', 'cwd', 'envFile', 'python', 'memoryLimit', 'captureDirectory'] as const;
/** As the launcher reads it. */
const AMOUNT = /^\d+(\.\d+)? *([kmgt](i?b)?|b)?$/i;

/** The first thing that is wrong with the attributes themselves; what they name is looked at later. */
export function problemOf(attributes: Record<string, unknown>): Problem | null {
  if (attributes.request !== undefined && attributes.request !== 'launch') {
    return problem('request', l10n.t('"request" must be "launch": programs that already run can\'t be profiled yet.'));
  }
  const set = targetFields.filter((field) => attributes[field] !== undefined);
  const [first, second] = set;
  if (first === undefined) {
    return problem(
      'program',
      l10n.t('Nothing to profile: set "program", "module" or "code" in the launch configuration.'),
    );
  }
  if (second !== undefined) {
    return problem(
      second,
      l10n.t('"{0}" and "{1}" are both set. Keep exactly one of "program", "module" and "code".', first, second),
    );
  }
  for (const field of textFields) {
    const value = attributes[field];
    if (value === undefined) continue;
    if (typeof value !== 'string')
      return problem(field, l10n.t('"{0}" must be a text, not {1}.', field, JSON.stringify(value)));
    if (value.trim() === '') return problem(field, l10n.t('"{0}" is empty. Give it a value or remove it.', field));
  }
  if (attributes.code !== undefined && !isTextOrList(attributes.code)) {
    return problem('code', l10n.t('"code" must be a text or a list of lines.'));
  }
  return (
    problemOfArguments(attributes.args) ??
    problemOfEnvironment(attributes.env) ??
    problemOfChoice('console', attributes.console, consoles) ??
    problemOfChoice('detail', attributes.detail, details) ??
    problemOfSwitch('followChildren', attributes.followChildren) ??
    problemOfAmount('memoryLimit', attributes.memoryLimit) ??
    problemOfLimitAction(attributes) ??
    problemOfSwitch('native', attributes.native) ??
    problemOfSwitch('aggregate', attributes.aggregate) ??
    problemOfSwitch('sources', attributes.sources) ??
    problemOfInterval('memoryInterval', attributes.memoryInterval)
  );
}

function problemOfArguments(args: unknown): Problem | null {
  if (args === undefined) return null;
  if (!isTextOrList(args)) return problem('args', l10n.t('"args" must be a list of texts, or one text.'));
  if (typeof args === 'string' && splitArguments(args) === null) {
    return problem('args', l10n.t('"args" has a quote that is not closed: {0}', args));
  }
  return null;
}

function problemOfEnvironment(env: unknown): Problem | null {
  if (env === undefined) return null;
  if (typeof env !== 'object' || env === null || Array.isArray(env)) {
    return problem('env', l10n.t('"env" must be an object of names and values.'));
  }
  for (const [name, value] of Object.entries(env)) {
    if (value !== null && typeof value !== 'string') {
      return problem(
        'env',
        l10n.t('"env" must give "{0}" a text, or null to remove it, not {1}.', name, JSON.stringify(value)),
      );
    }
    if (name === '' || name.includes('='))
      return problem('env', l10n.t('"{0}" in "env" can\'t be the name of a variable.', name));
  }
  return null;
}

function problemOfChoice(field: string, value: unknown, choices: readonly string[]): Problem | null {
  if (value === undefined || choices.includes(value as string)) return null;
  const quoted = choices.map((choice) => `"${choice}"`);
  const words = l10n.t('{0} or {1}', quoted.slice(0, -1).join(', '), quoted.at(-1) ?? '');
  return problem(field, l10n.t('"{0}" is {1}, but must be {2}.', field, JSON.stringify(value), words));
}

function problemOfAmount(field: string, value: unknown): Problem | null {
  if (value === undefined || AMOUNT.test((value as string).trim())) return null;
  return problem(
    field,
    l10n.t('"{0}" must be an amount of memory such as "500MB" or "2GiB", not "{1}".', field, String(value)),
  );
}

function problemOfLimitAction({ memoryLimit, memoryLimitAction }: Record<string, unknown>): Problem | null {
  if (memoryLimitAction !== undefined && memoryLimit === undefined) {
    const sentence = l10n.t(
      '"memoryLimitAction" says what happens at the memory limit, but "memoryLimit" is not set. Set it too.',
    );
    return problem('memoryLimitAction', sentence);
  }
  return problemOfChoice('memoryLimitAction', memoryLimitAction, limitActions);
}

function problemOfInterval(field: string, value: unknown): Problem | null {
  const { least, most } = memoryIntervals;
  if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) return null;
  return problem(
    field,
    l10n.t('"{0}" must be {1} to {2} milliseconds, not {3}.', field, least, most, JSON.stringify(value)),
  );
}

function problemOfSwitch(field: string, value: unknown): Problem | null {
  if (value === undefined || typeof value === 'boolean') return null;
  return problem(field, l10n.t('"{0}" must be true or false, not {1}.', field, JSON.stringify(value)));
}

export function problem(field: string, message: string): Problem {
  return { field, message };
}

function isTextOrList(value: unknown): value is string | string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}
