import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { Editor } from '../../tests/e2e/harness/editor';
import { descendants } from '../../tests/e2e/harness/processes';
import { note } from './results';

function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Of the window that was opened last: those of earlier ones wait for a while whether it comes back. */
export function noteProcesses(when: string): void {
  const all = descendants(inject('editorPid'));
  const newest = (part: string) => all.findLast(({ command }) => command.includes(part));
  const server = newest('dist/server.cjs');
  const host = newest('type=extensionHost');
  if (server) note(`${when}: memory of the language server`, [residentBytes(server.pid) / 1e6], 'MB');
  if (host)
    note(`${when}: memory of the extension host, with VS Code's own part`, [residentBytes(host.pid) / 1e6], 'MB');
}

/** Of VS Code's page and the webviews in it, which share one. */
export async function heapOf({ page }: Editor): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
