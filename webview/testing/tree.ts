import type { Origin } from '../../extension/shared/capture';
import type { FlatTree } from '../../extension/shared/panel';
import { type Frame, toFrames, walk } from '../flamegraph/frame';

const origins: Record<string, Origin> = { '': 'yours', lib: 'standard_library', pkg: 'package', c: 'native' };

/**
 * A tree drawn by indentation, one frame a line: `name bytes [file:line] [lib|pkg|c] [+folded]`. Allocations are bytes ÷ 10.
 */
export function flatTree(drawing: string): FlatTree {
  const lines = drawing.split('\n').filter((line) => line.trim());
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  const last: number[] = [];
  const nodes = lines.map((line, at) => {
    const depth = (line.search(/\S/) - indent) / 2;
    last[depth] = at;
    const [, name, bytes, file, number, origin = '', folded] =
      /^\s*(.+?) (\d+)(?: (\S+):(\d+))?(?: (lib|pkg|c))?(?: \+(\d+))?$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`Not a frame: ${line}`);
    return {
      name,
      file: file ?? null,
      line: number ? Number(number) : null,
      first_line: number ? 1 : null,
      origin: origins[origin]!,
      bytes: Number(bytes),
      allocations: Number(bytes) / 10,
      own_bytes: 0,
      parent: depth === 0 ? -1 : last[depth - 1]!,
      ...(folded && { folded: Number(folded) }),
    };
  });
  return { nodes, total_bytes: nodes[0]?.bytes ?? 0, total_allocations: nodes[0]?.allocations ?? 0 };
}

export function frames(drawing: string): Frame {
  return toFrames(flatTree(drawing))!;
}

export function frameNamed(root: Frame, name: string): Frame {
  for (const frame of walk(root)) if (frame.name === name) return frame;
  throw new Error(`No frame is called ${name}.`);
}

export const names = (all: Iterable<Frame>) => Array.from(all, ({ name }) => name);
