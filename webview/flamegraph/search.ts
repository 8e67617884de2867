import { type Frame, walk } from './frame';

/** What a person types is looked for as it stands, never as a pattern: `(`, `*` and `<module>` are text. */
export function matcher(term: string): ((name: string, file: string | null) => boolean) | null {
  const wanted = term.trim().toLowerCase();
  if (!wanted) return null;
  return (name, file) => name.toLowerCase().includes(wanted) || (file?.toLowerCase().includes(wanted) ?? false);
}

export interface Hits {
  frames: Frame[];
  /** Of the outermost hits: a hit below another one is not counted again. */
  bytes: number;
}

/** Null for an empty term. The root and what was folded are no functions and never hit. */
export function search(root: Frame, term: string): Hits | null {
  const matches = matcher(term);
  if (!matches) return null;
  const frames: Frame[] = [];
  const inside = new Set<Frame>();
  let bytes = 0;
  for (const frame of walk(root)) {
    const below = frame.parent !== null && inside.has(frame.parent);
    const hit = frame.parent !== null && frame.folded === 0 && matches(frame.name, frame.file);
    if (hit) frames.push(frame);
    if (hit && !below) bytes += frame.bytes;
    if (hit || below) inside.add(frame);
  }
  return { frames, bytes };
}
