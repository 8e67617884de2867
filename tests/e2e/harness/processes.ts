/** Processes below one that we started. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  pid: number;
  command: string;
}

/** All running descendants of a process, with their command lines; those that started last come last. */
export function descendants(ancestor: number): Process[] {
  const parents = new Map<number, number>();
  const starts = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const status = read(`/proc/${name}/stat`);
    // The name in brackets may itself hold brackets and spaces.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (!fields[1]) continue;
    parents.set(Number(name), Number(fields[1]));
    starts.set(Number(name), Number(fields[19]));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  return [...parents.keys()]
    .filter(isBelow)
    .sort((one, other) => starts.get(one)! - starts.get(other)!)
    .map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }));
}

export const endProcess = (pid: number) => process.kill(pid, 'SIGKILL');

/** Empty when the process ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
