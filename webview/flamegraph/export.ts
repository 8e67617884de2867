/** The graph as text, for elsewhere: what hangs below a frame, as it is shown. Pure. */
import { formatBytes, formatShare } from '../../extension/shared/units';
import { type Frame, placeOf, walk } from './frame';
import { nameOf, type Scale } from './labels';

/** Lines of a text that is meant to be read. */
const mostLines = 2000;

/** One frame a line, indented by depth: `  203.4 MB  62 %  load  pipeline.py:26`. */
export function textOf(root: Frame, { total, units }: Scale): string {
  const lines: string[] = [];
  for (const frame of walk(root)) {
    if (lines.length === mostLines) return `${lines.join('\n')}\n…\n`;
    const figures = [formatBytes(frame.bytes, units).padStart(9), formatShare(frame.bytes / total).padStart(6)];
    const place = placeOf(frame.file, frame.line);
    const indent = '  '.repeat(frame.depth - root.depth);
    lines.push(`${figures.join(' ')}  ${indent}${nameOf(frame)}${place ? `  ${place}` : ''}`);
  }
  return `${lines.join('\n')}\n`.replaceAll('\u00a0', ' ');
}

/** `main (a.py:9);load (a.py:20) 4096` a stack: what flamegraph.pl and others read. Bytes are those of the last frame itself. */
export function collapsedOf(root: Frame): string {
  let text = '';
  for (const { path, bytes } of stacksOf(root)) text += `${path.map(stackName).join(';')} ${bytes}\n`;
  return text;
}

/** https://www.speedscope.app/file-format-schema.json */
export function speedscopeOf(root: Frame, name: string): string {
  const numbers = new Map<string, number>();
  const frames: { name: string; file?: string; line?: number }[] = [];
  const numberOf = (frame: Frame) => {
    const key = `${frame.file}\n${frame.name}\n${frame.line}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, frames.length);
    frames.push({
      name: nameOf(frame),
      ...(frame.file !== null && { file: frame.file }),
      ...(frame.line !== null && { line: frame.line }),
    });
    return frames.length - 1;
  };
  const samples: number[][] = [];
  const weights: number[] = [];
  for (const { path, bytes } of stacksOf(root)) {
    samples.push(path.map(numberOf));
    weights.push(bytes);
  }
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'AllocLens',
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [{ type: 'sampled', name, unit: 'bytes', startValue: 0, endValue: root.bytes, samples, weights }],
  });
}

/** Each frame that has bytes of its own, with its callers from below the root on; the root's own have none. */
function* stacksOf(root: Frame): Generator<{ path: Frame[]; bytes: number }> {
  const path: Frame[] = [];
  for (const frame of walk(root)) {
    path.length = Math.max(0, frame.depth - root.depth - 1);
    if (frame !== root) path.push(frame);
    const bytes = frame.bytes - frame.children.reduce((sum, child) => sum + child.bytes, 0);
    if (bytes > 0) yield { path: frame === root ? [root] : [...path], bytes };
  }
}

function stackName(frame: Frame): string {
  const place = placeOf(frame.file, frame.line);
  return `${nameOf(frame)}${place ? ` (${place})` : ''}`.replaceAll(';', ',').replaceAll('\u00a0', ' ');
}
