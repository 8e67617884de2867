import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

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

/** Asks the program that records to end, or ends it. False when it can't be asked: it ended, or runs elsewhere or as another user. */
export function stopRecording(path: string, pid: number, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): boolean {
  // The capture alone says that the process is still the one that wrote its number there.
  if (!isRecording(path, pid)) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The same when it is not known which process might: none of this user's that has it open to write. */
export function isRecordedByAnybody(path: string): boolean {
  try {
    const file = realpathSync(path);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .some((pid) => hasOpenToWrite(pid, file));
  } catch {
    return false;
  }
}

function hasOpenToWrite(pid: string, file: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(
      (descriptor) =>
        linkTarget(`/proc/${pid}/fd/${descriptor}`) === file &&
        // Octal, as open(2) was given them: 1 to write, 2 for both. proc(5)
        /^flags:\t\d*[12]$/m.test(readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8')),
    );
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
