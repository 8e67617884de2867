/** What a report's page carries of a capture: enough to answer what the panel asks, for any range of its parts. */
import type { AllocatorRow, Measure, Moments, SizeRow, Summary, Timeline } from '../../extension/shared/capture';
import type { FlatTree, PanelView } from '../../extension/shared/panel';

export interface PageData {
  title: string;
  /** Where the capture was when the page was made. */
  path: string;
  view: Partial<PanelView>;
  switches: { hideImports: boolean; onlyAllocations: boolean };
  summary: Summary;
  timeline: Timeline;
  /** Of the whole run. */
  allocators: AllocatorRow[];
  sizes: SizeRow[];
  moments: Moments;
  /** A comparison: whole trees with what each frame had before, top-down and bottom-up. */
  diff?: Record<Measure, { down: FlatTree; up: FlatTree }>;
}

/** The page's own data: JSON, packed by gzip, as Base64. */
export async function unpack(text: string): Promise<PageData> {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as PageData;
}
