import type { Summary } from '../../shared/capture';

/** A capture as a file, before it was read. */
export interface CaptureFile {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the last change, in ms since 1970. */
  readonly modified: number;
}

/** What the list tells of a capture that was read. Kept between windows, since reading takes time. */
export interface CaptureFacts {
  readonly runId: string;
  readonly parentRunId: string | null;
  /** Of the process that was recorded. */
  readonly pid: number;
  readonly target: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly pythonVersion: string;
  readonly startTimeMs: number;
  readonly durationS: number;
  readonly peakBytes: number;
  readonly exitStatus: number | null;
  readonly complete: boolean;
  readonly notes: readonly string[];
}

export function factsOf(summary: Summary): CaptureFacts {
  return {
    runId: summary.run_id,
    parentRunId: summary.parent_run_id ?? null,
    pid: summary.pid,
    target: summary.target.name,
    command: summary.command,
    cwd: summary.cwd,
    pythonVersion: summary.python_version,
    startTimeMs: summary.start_time_ms,
    durationS: summary.duration_s,
    peakBytes: summary.peak_bytes,
    exitStatus: summary.exit_status,
    complete: summary.complete,
    notes: summary.notes,
  };
}
