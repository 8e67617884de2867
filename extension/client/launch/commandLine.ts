import type { LaunchAttributes, ResolvedLaunch, Target } from './configuration';

/** The command line that profiles: interpreter, launcher, its options, then what a plain run would have. */
export function commandLine(launch: ResolvedLaunch, launcher: string, capture: string): string[] {
  return [
    launch.python,
    // A pipe would hold back what is printed until 8 kB are together. This shows it at once, as a terminal does,
    // and unlike PYTHONUNBUFFERED leaves the environment of the program and its children alone.
    ...(launch.console === 'internalConsole' ? ['-u'] : []),
    launcher,
    'run',
    '-q',
    '-o',
    capture,
    ...recordingOptions(launch),
    ...targetArguments(launch.target),
    ...launch.args,
  ];
}

type Recording = Pick<
  LaunchAttributes,
  | 'detail'
  | 'memoryLimit'
  | 'memoryLimitAction'
  | 'followChildren'
  | 'native'
  | 'aggregate'
  | 'sources'
  | 'memoryInterval'
>;

/** The launcher's own options, of what is set. */
export function recordingOptions(launch: Recording): string[] {
  return [
    ...(launch.detail ? ['--detail', launch.detail] : []),
    ...(launch.memoryLimit ? ['--memory-limit', launch.memoryLimit] : []),
    ...(launch.followChildren ? ['--follow-children'] : []),
    ...(launch.memoryLimitAction ? ['--memory-limit-action', launch.memoryLimitAction] : []),
    ...(launch.native ? ['--native'] : []),
    ...(launch.aggregate ? ['--aggregate'] : []),
    ...(launch.sources === false ? ['--no-sources'] : []),
    ...(launch.memoryInterval === undefined ? [] : ['--memory-interval', String(launch.memoryInterval)]),
  ];
}

export function targetArguments(target: Target): string[] {
  switch (target.kind) {
    case 'program':
      return [target.path];
    case 'module':
      return ['-m', target.name];
    case 'code':
      return ['-c', target.text];
  }
}
