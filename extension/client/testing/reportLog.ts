/** What the pytest plugin tells of a run while it goes on: docs/pytest.md. */
import { closeSync, openSync, readSync } from 'node:fs';

interface Place {
  /** `tests/test_a.py::TestB::test_c[case]`, relative to pytest's root. */
  id: string;
  file: string;
  /** 1-based. */
  line: number | null;
}

/** Figures of one test, and why it fails when it has not kept to its limit. */
export interface TestMemory {
  /** Path of the capture. */
  capture: string;
  peak_bytes: number;
  total_bytes: number;
  unfreed_bytes: number;
  problem?: string;
  /** What it allocated, largest first; of each stack function, file and line, innermost first. */
  places?: { bytes: number; frames: [name: string, file: string, line: number][] }[];
}

export interface TestReport extends Place {
  event: 'report';
  /** "setup", "call" or "teardown"; "???" when the process that ran the test has ended. */
  when: string;
  /** "rerun": it failed, and runs again. */
  outcome: 'passed' | 'failed' | 'skipped' | 'rerun';
  duration_s: number;
  /** Of a failure. */
  text?: string;
  message?: string;
  /** Outermost first. */
  trace?: [file: string, line: number][];
  sections: [title: string, text: string][];
  memory?: TestMemory;
}

export type ReportEvent =
  | { event: 'begin'; alloclens: string; format: number }
  | ({ event: 'collect_error'; message: string; text: string } & Place)
  | { event: 'collected'; tests: Place[] }
  | ({ event: 'start'; capture: string | null } & Place)
  | TestReport
  | { event: 'end'; exit_status: number };

/** The whole lines that were written since the last look. A file that is not there yet has none. */
export class ReportLogTail {
  private offset = 0;
  private rest = Buffer.alloc(0);

  constructor(private readonly path: string) {}

  read(): ReportEvent[] {
    const bytes = Buffer.concat([this.rest, this.readNew()]);
    const end = bytes.lastIndexOf('\n') + 1;
    this.rest = bytes.subarray(end);
    return bytes
      .toString('utf8', 0, end)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ReportEvent);
  }

  private readNew(): Buffer {
    let file: number;
    try {
      file = openSync(this.path, 'r');
    } catch {
      return Buffer.alloc(0);
    }
    try {
      const pieces: Buffer[] = [];
      for (;;) {
        const piece = Buffer.allocUnsafe(1 << 16);
        const count = readSync(file, piece, 0, piece.length, this.offset);
        if (count === 0) return Buffer.concat(pieces);
        pieces.push(piece.subarray(0, count));
        this.offset += count;
      }
    } finally {
      closeSync(file);
    }
  }
}

/** `a.py::B::c[x::y]` → B, c, [x::y]. */
export function namesOf(id: string): string[] {
  const inFile = id.slice(id.indexOf('::') + 2);
  const bracket = inFile.indexOf('[');
  if (bracket < 0) return inFile.split('::');
  return [...inFile.slice(0, bracket).split('::'), inFile.slice(bracket)];
}
