import { isAbsolute, join } from 'node:path';
import type { Summary } from '../../shared/capture';
import type { LaunchAttributes } from './configuration';

type Recorded = Pick<Summary, 'target' | 'command' | 'cwd' | 'detail' | 'aggregate' | 'memory_limit' | 'children'>;

/** Attributes that would record a capture again; null for what was typed into an interpreter. */
export function attributesOf({
  target,
  command,
  cwd,
  detail,
  aggregate,
  memory_limit: limit,
  children,
}: Recorded): LaunchAttributes | null {
  const { kind, name } = target;
  const [python, ...words] = command;
  if (python === undefined) return null;
  const common: LaunchAttributes = {
    cwd,
    detail,
    ...(isAbsolute(python) && { python }),
    ...(aggregate && { aggregate }),
    ...(limit && { memoryLimit: `${limit.bytes}B`, memoryLimitAction: limit.action }),
    ...(children.some(({ capture }) => capture !== null) && { followChildren: true }),
  };
  switch (kind) {
    case 'script': {
      const place = words.indexOf(name);
      if (place < 0) return null;
      return { ...common, program: isAbsolute(name) ? name : join(cwd, name), args: words.slice(place + 1) };
    }
    case 'module':
    case 'code': {
      const option = kind === 'module' ? '-m' : '-c';
      const place = words.indexOf(option);
      const what = words[place + 1];
      if (place < 0 || what === undefined) return null;
      return { ...common, [kind]: what, args: words.slice(place + 2) };
    }
  }
}
