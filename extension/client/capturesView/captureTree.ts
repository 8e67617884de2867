import { basename } from 'node:path';
import { l10n } from 'vscode';
import { formatBytes, formatDuration, type Units } from '../../shared/units';
import type { CaptureFacts } from './captureFacts';
import { type ListedCapture, timeOf } from './captureList';

/** Captures of one program. */
export interface Group {
  readonly target: string;
  readonly captures: Branch[];
}

/** A capture and those of the processes that its program started. */
export interface Branch {
  readonly capture: ListedCapture;
  /** Of a process that another one started: no row above it names its program. */
  readonly program?: string;
  readonly children: Branch[];
}

/** Whether it is a row of a capture, as menus of the view pass it to commands. */
export const isBranch = (row: unknown): row is Branch => typeof row === 'object' && row !== null && 'capture' in row;

/** Grouped by program, the one that ran last first; a child stands under its parent when that is listed too. */
export function groupsOf(captures: ListedCapture[]): Group[] {
  const branches = new Map(captures.map((capture): [ListedCapture, Branch] => [capture, { capture, children: [] }]));
  const byRun = new Map<string, Branch>();
  for (const [{ facts }, branch] of branches) if (facts) byRun.set(facts.runId, branch);
  const groups = new Map<string, Branch[]>();
  for (const [capture, branch] of branches) {
    const parent = byRun.get(capture.facts?.parentRunId ?? '');
    if (parent && parent !== branch) {
      parent.children.push({ ...branch, program: targetOf(capture) });
      continue;
    }
    const target = targetOf(capture);
    groups.set(target, [...(groups.get(target) ?? []), branch]);
  }
  return [...groups].map(([target, list]) => ({ target, captures: list }));
}

/** `pipeline.py`; a file that was not read yet tells by its name alone: `alloclens-pipeline.py.20240131-235959.alloclens`. */
export function targetOf({ facts, file }: ListedCapture): string {
  if (facts) return basename(facts.target);
  const name = basename(file.path, '.alloclens');
  return /^alloclens-(.+?)(?:\.\d{8}-\d{6}(?:-\d+)?|\.\d+)$/.exec(name)?.[1] ?? name;
}

export interface Row {
  readonly label: string;
  readonly description: string;
  /** Of a codicon, and the id of its colour. */
  readonly icon: string;
  readonly color?: string;
}

/** The peak comes first: it is what captures of one program are told apart by. */
export function rowOf(capture: ListedCapture, shown: boolean, units: Units, now: Date, program?: string): Row {
  const { facts, file, name, recording } = capture;
  const peak = facts ? formatBytes(facts.peakBytes, units) : null;
  const time = timeText(new Date(timeOf(capture)), now);
  const ran = !facts ? [] : [formatDuration(recording ? (now.getTime() - facts.startTimeMs) / 1000 : facts.durationS)];
  const rest = recording ? [l10n.t('live'), ...ran] : [time, ...ran];
  if (!facts) rest.push(l10n.t('capture of {0}', formatBytes(file.size, units)));
  const words = facts && argumentsOf(facts);
  if (words) rest.push(words);
  return {
    label: name ?? peak ?? time,
    description: [
      ...(program ? [program] : []),
      ...(name && peak ? [peak] : []),
      ...(name || peak ? rest : rest.slice(1)),
    ].join(' · '),
    ...iconOf(capture, shown),
  };
}

/** What follows the program in its command line: what runs of one program differ by. */
function argumentsOf({ command, target }: Pick<CaptureFacts, 'command' | 'target'>): string {
  const place = command.indexOf(target);
  return place < 0
    ? ''
    : command
        .slice(place + 1)
        .join(' ')
        .replace(/\s+/g, ' ')
        .slice(0, 100);
}

function iconOf({ facts, defect, recording, pinned }: ListedCapture, shown: boolean): Pick<Row, 'icon' | 'color'> {
  if (recording) return { icon: 'record', color: 'charts.red' };
  if (shown) return { icon: 'eye' };
  if (defect) return { icon: 'warning', color: 'list.warningForeground' };
  if (facts && (!facts.complete || facts.exitStatus !== 0)) return { icon: 'error', color: 'list.errorForeground' };
  if (pinned) return { icon: 'pinned' };
  return { icon: 'flame' };
}

/** `14:32` today, `21 Nov 14:32` before. */
function timeText(time: Date, now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === now.toDateString()) return hour;
  const day = `${time.getDate()} ${time.toLocaleDateString('en', { month: 'short' })}`;
  return time.getFullYear() === now.getFullYear() ? `${day} ${hour}` : `${day} ${time.getFullYear()} ${hour}`;
}

/** Lines of the tooltip, as plain text: names come from a capture. */
export function tooltipOf({ facts, file, defect }: ListedCapture, units: Units): string[] {
  const size = l10n.t('Capture: {0} ({1})', file.path, formatBytes(file.size, units));
  if (defect) return [defect, size];
  if (!facts) return [l10n.t('This capture is large: open it to see its peak.'), size];
  const ending = facts.exitStatus === null ? [] : [l10n.t('Exit code {0}', facts.exitStatus)];
  return [
    facts.command.join(' '),
    l10n.t('in {0}', facts.cwd),
    [`Python ${facts.pythonVersion}`, l10n.t('process {0}', facts.pid), ...ending].join(' · '),
    size,
    ...facts.notes,
  ];
}
