import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { l10n } from 'vscode';
import { splitArguments } from './argumentText';
import {
  type LaunchAttributes,
  type Problem,
  problem,
  problemOf,
  type ResolvedLaunch,
  type Target,
} from './configuration';
import { parseEnvFile } from './environment';

/** What a run gets from around it when its attributes do not say. */
export interface Surroundings {
  /** Folder of the workspace that the configuration belongs to. */
  folder: string | undefined;
  home: string;
  captureDirectory: string;
  stopGraceMs: number;
}

/** All but the interpreter, whose choice may take a question to another extension. */
export type LaunchWithoutPython = Omit<ResolvedLaunch, 'python'>;

/** Completes attributes whose variables are substituted, or says which of them is wrong and why. */
export function resolveLaunch(
  attributes: Record<string, unknown>,
  surroundings: Surroundings,
): LaunchWithoutPython | Problem {
  const wrong = problemOf(attributes);
  if (wrong) return wrong;
  const given = attributes as LaunchAttributes;
  const cwd = workingDirectory(given, surroundings);
  if (!isFolder(cwd)) {
    return problem(
      'cwd',
      l10n.t('The folder {0} does not exist. Set "cwd" to the folder that the program is to run in.', cwd),
    );
  }
  const target = targetOf(given, cwd, surroundings);
  if (target.kind === 'program' && !existsSync(target.path)) {
    return problem('program', l10n.t('The script {0} does not exist. Set "program" to a Python file.', target.path));
  }
  let fileEnv: Record<string, string> = {};
  if (given.envFile !== undefined) {
    const path = absolute(given.envFile, surroundings.folder ?? cwd, surroundings);
    try {
      fileEnv = parseEnvFile(readFileSync(path, 'utf8'));
    } catch (error) {
      return problem(
        'envFile',
        l10n.t('{0} can\'t be read ({1}). Set "envFile" to a file of NAME=value lines.', path, reason(error)),
      );
    }
  }
  return {
    target,
    args: argumentsOf(given),
    cwd,
    env: { ...fileEnv, ...given.env },
    console: given.console ?? 'internalConsole',
    ...(given.detail && { detail: given.detail }),
    ...(given.memoryLimit && { memoryLimit: given.memoryLimit }),
    ...(given.followChildren && { followChildren: true }),
    ...(given.memoryLimitAction && { memoryLimitAction: given.memoryLimitAction }),
    ...(given.native && { native: true }),
    ...(given.aggregate && { aggregate: true }),
    ...(given.sources === false && { sources: false }),
    ...(given.memoryInterval !== undefined && { memoryInterval: given.memoryInterval }),
    captureDirectory:
      given.captureDirectory === undefined
        ? surroundings.captureDirectory
        : absolute(given.captureDirectory, surroundings.folder ?? cwd, surroundings),
    stopGraceMs: surroundings.stopGraceMs,
  };
}

/** As debuggers for Python do: the workspace's folder. Without one, where the script lies. */
function workingDirectory({ cwd, program }: LaunchAttributes, surroundings: Surroundings): string {
  const { folder, home } = surroundings;
  if (cwd !== undefined) return absolute(cwd, folder ?? home, surroundings);
  if (folder !== undefined) return folder;
  return program !== undefined && isAbsolute(program) ? dirname(program) : home;
}

function targetOf({ program, module, code }: LaunchAttributes, cwd: string, surroundings: Surroundings): Target {
  if (program !== undefined) return { kind: 'program', path: absolute(program, cwd, surroundings) };
  if (module !== undefined) return { kind: 'module', name: module };
  return { kind: 'code', text: typeof code === 'string' ? code : (code ?? []).join('\n') };
}

export function argumentsOf({ args }: LaunchAttributes): string[] {
  return typeof args === 'string' ? (splitArguments(args) ?? []) : (args ?? []);
}

export function absolute(path: string, base: string, { home }: { home: string }): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return resolve(base, path);
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

const REASONS: Record<string, string> = {
  ENOENT: l10n.t('it does not exist'),
  ENOTDIR: l10n.t('a part of its path is not a folder'),
  EISDIR: l10n.t('it is a folder'),
  EACCES: l10n.t('permission denied'),
  EPERM: l10n.t('permission denied'),
  EROFS: l10n.t('the file system is read-only'),
  ENOSPC: l10n.t('the disk is full'),
  EEXIST: l10n.t('a file is in the way'),
  ENOEXEC: l10n.t('it is not a program'),
};

/** Why a call of the system failed, in words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && REASONS[code]) || message;
}
