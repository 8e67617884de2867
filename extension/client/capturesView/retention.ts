import type { ListedCapture } from './captureList';

/**
 * The captures that are to go: in the extension's own folder, older than the newest `keep`. What the user put or pinned
 * or named somewhere is the user's. A child goes with its parent. `keep` 0 keeps all.
 */
export function outdated(newestFirst: ListedCapture[], keep: number, own: (path: string) => boolean): ListedCapture[] {
  if (keep <= 0) return [];
  const roots = newestFirst.filter(({ facts }) => !facts?.parentRunId || !isListed(newestFirst, facts.parentRunId));
  const old = roots.slice(keep).filter((capture) => mayGo(capture, own));
  const runs = new Set(old.flatMap(({ facts }) => facts?.runId ?? []));
  const children = newestFirst.filter(
    (capture) => runs.has(capture.facts?.parentRunId ?? '') && !old.includes(capture) && mayGo(capture, own),
  );
  return [...old, ...children];
}

const isListed = (captures: ListedCapture[], run: string) => captures.some(({ facts }) => facts?.runId === run);

const mayGo = ({ file, pinned, name, recording }: ListedCapture, own: (path: string) => boolean) =>
  own(file.path) && !pinned && name === undefined && !recording;
