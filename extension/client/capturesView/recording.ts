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

/** Asks the program that records to end. False when it can't be asked: it ended, or runs elsewhere or as another user. */
export function stopRecording(path: string, pid: number): boolean {
  // The capture alone says that the process is still the one that wrote its number there.
  if (!isRecording(path, pid)) return false;
  try {
    return process.kill(pid, 'SIGTERM');
  } catch {
    return false;
  }
}

function linkTarget(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null; // closed meanwhile
  }
}
