import { readdirSync, readlinkSync } from 'node:fs';

/** Whether the process still holds the capture open. Only Linux can tell; elsewhere nothing is recorded anyway. */
export function isRecording(path: string, pid: number): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((descriptor) => linkTarget(`${folder}/${descriptor}`) === path);
  } catch {
    return false; // it ended, or belongs to somebody else
  }
}

function linkTarget(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null; // closed meanwhile
  }
}
