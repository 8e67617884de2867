import { DebugType } from '../../shared/contributions';

/** Of launch.json's `configurations`, where captures are put; other variables than these are known only when one runs. */
export function captureDirectoriesOf(configurations: unknown, variables: Record<string, string | undefined>): string[] {
  if (!Array.isArray(configurations)) return [];
  return configurations.flatMap((each: Record<string, unknown> | null) => {
    const directory = each?.type === DebugType.AllocLens ? each.captureDirectory : undefined;
    if (typeof directory !== 'string') return [];
    const path = directory.replace(/\$\{(\w+)\}/g, (text, name) => variables[name] ?? text);
    return path.includes('${') ? [] : [path];
  });
}
