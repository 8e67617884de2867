import type { FoundFrames } from '../shared/capture';
import { parseFilter } from '../shared/filter';
import type { FrameSearch } from '../shared/protocol';
import type { Capture } from './captureStore';

/** All of them: what a request can say. */
const ALL = 0xffff_ffff;

/**
 * How many frames a filter finds in a whole tree. What frames are is compared here, once for each place in the code, as
 * the panel compares it; their figures by the core, which alone has them all.
 */
export async function searchFrames(
  capture: Capture,
  { filter: text, ...tree }: FrameSearch,
  signal?: AbortSignal,
): Promise<FoundFrames> {
  const filter = parseFilter(text);
  if (!filter) return { frames: 0, bytes: 0 };
  const { function: names, file, line, origin } = await capture.ask({ query: 'frames', offset: 0, limit: ALL });
  const places = names.flatMap((name, i) => {
    const place = {
      name: name ?? '(unknown)',
      file: file[i] ?? null,
      line: line[i] ?? null,
      origin: origin[i] ?? null,
    };
    return filter.ofPlace(place) ? [i] : [];
  });
  const threads = tree.split_threads ? await capture.ask({ query: 'threads', scope: tree.scope ?? null }) : null;
  const ofThreads = (threads?.threads ?? []).filter(({ name }) =>
    filter.ofPlace({ name, file: null, line: null, origin: 'native' }),
  );
  const question = {
    query: 'count_frames',
    ...tree,
    max_nodes: 0,
    places,
    threads: ofThreads.map(({ id }) => id),
    amounts: filter.amounts,
  } as const;
  return JSON.parse(await capture.queryText(question, signal)) as FoundFrames;
}
