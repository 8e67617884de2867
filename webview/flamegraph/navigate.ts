/** What a key means in the graph, and which frame it leads to. Frames hang from the root down, as they are drawn. */
import type { Frame } from './frame';

export type Direction = 'up' | 'down' | 'left' | 'right' | 'root';
export type Command =
  | { do: 'move'; to: Direction }
  | { do: 'zoom' | 'reveal' | 'revealBeside' | 'parent' | 'reset' | 'search' | 'nextHit' | 'previousHit' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const moves: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'root',
};

/** Keys that work anywhere in the panel except while a text is typed. */
export function panelCommandOf(key: Key): Command | null {
  const control = key.ctrlKey || key.metaKey;
  if (key.altKey) return null;
  if (key.key === 'F3') return { do: key.shiftKey ? 'previousHit' : 'nextHit' };
  if (key.key === '/' || (control && key.key.toLowerCase() === 'f')) return { do: 'search' };
  if (key.key === 'Escape') return { do: 'reset' };
  return null;
}

export function frameCommandOf(key: Key): Command | null {
  const control = key.ctrlKey || key.metaKey;
  if (key.altKey) return key.key === 'Enter' ? { do: 'revealBeside' } : null;
  if (key.key === 'Enter' || key.key === ' ') return { do: control ? 'reveal' : 'zoom' };
  if (control || key.shiftKey) return null;
  if (key.key === 'Backspace') return { do: 'parent' };
  const to = moves[key.key];
  return to ? { do: 'move', to } : null;
}

/** `rows` are the drawn frames from the top down, each row from left to right. */
export function neighbour(at: Frame, to: Direction, rows: ReadonlyArray<readonly Frame[]>): Frame {
  const top = rows[0]?.[0];
  if (to === 'root' || !top) return top ?? at;
  if (to === 'up') return at === top ? at : (at.parent ?? at);
  if (to === 'down') {
    const drawn = new Set(rows[at.depth - top.depth + 1]);
    return at.children.find((child) => drawn.has(child)) ?? at;
  }
  const row = rows[at.depth - top.depth] ?? [];
  return row[row.indexOf(at) + (to === 'left' ? -1 : 1)] ?? at;
}
