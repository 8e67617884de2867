import { basename } from 'node:path';
import type { Summary } from '../../shared/capture';
import { type ListedCapture, timeOf } from '../capturesView/captureList';
import { targetOf } from '../capturesView/captureTree';

/** The run of the same program before this one: the latest that began earlier; null when none is listed. */
export function previousRun(
  captures: readonly ListedCapture[],
  { path, summary }: { path: string; summary: Pick<Summary, 'target' | 'cwd' | 'start_time_ms'> },
): ListedCapture | null {
  const target = basename(summary.target.name);
  let latest: ListedCapture | null = null;
  for (const capture of captures) {
    const { facts, file, defect } = capture;
    if (file.path === path || defect !== null || targetOf(capture) !== target) continue;
    if (facts && (facts.cwd !== summary.cwd || facts.parentRunId !== null)) continue;
    const time = timeOf(capture);
    if (time < summary.start_time_ms && (latest === null || time > timeOf(latest))) latest = capture;
  }
  return latest;
}
