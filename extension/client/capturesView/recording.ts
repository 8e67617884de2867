import { readdirSync, readlinkSync, realpathSync } from 'node:fs';

/** Whether the process still holds the capture open. Only Linux can tell; elsewhere nothing is recorded anyway. */
export function isRecording(path: string, pid: number): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    const file = realpathSync(path);
    return readdirSync(folder).some((descriptor) => linkTarget(`${folder}/${descriptor}`) === file);
  } catch {
    return false; // it ended, belongs to somebody else, or its capture is gone
  }
}

function linkTarget(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null; // closed meanwhile
  }
}
