import { isAbsolute, join } from 'node:path';
import type { Summary } from '../../shared/capture';
import type { LaunchAttributes } from './configuration';

/** Attributes that would record a capture again; null for what was typed into an interpreter. */
export function attributesOf({
  target,
  command,
  cwd,
  detail,
}: Pick<Summary, 'target' | 'command' | 'cwd' | 'detail'>): LaunchAttributes | null {
  const { kind, name } = target;
  const [python, ...words] = command;
  if (python === undefined) return null;
  const common = { cwd, detail, ...(isAbsolute(python) && { python }) };
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
