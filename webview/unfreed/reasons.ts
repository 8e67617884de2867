/** What is left, in groups, and for each a sentence about why it is suspected or not. Pure. */
import type { Unfreed, UnfreedGroup } from '../../extension/shared/capture';
import { parseFilter } from '../../extension/shared/filter';
import type { TimeRange } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import { formatBytes, formatCount, formatDuration, formatShare, type Units } from '../../extension/shared/units';
import { placeOf } from '../flamegraph/frame';
import { shownText } from '../shell/shown';

/** Less than this share of a group is not growth of a part. */
const noticeable = 0.01;
/** What grew in fewer parts may have been made once. */
const leastParts = 3;

export interface Told {
  /** Stays while a capture grows. */
  key: string;
  group: UnfreedGroup;
  name: string;
  place: string;
  /** To reveal. */
  file: string | null;
  line: number | null;
  reason: string;
  /** Of the part with the most: 0–1 each. */
  growth: number[];
}

export interface Section {
  title: string;
  /** What is true of all of them. */
  hint: string;
  bytes: number;
  groups: Told[];
}

export interface Context {
  range: TimeRange | null;
  units: Units;
  search: string;
}

export function sectionsOf({ groups, part_s, totals }: Unfreed, { range, units, search }: Context): Section[] {
  const filter = parseFilter(search);
  const whole = totals.none.bytes + totals.import.bytes + totals.cache.bytes || 1;
  const shown = groups.filter(
    ({ path, bytes, allocations }) =>
      !filter ||
      path.some((frame) =>
        filter.matches({ ...frame, name: frame.function, bytes, own: bytes, allocations, share: bytes / whole }),
      ),
  );
  const timing = { part_s, start_s: range?.from_s ?? 0, what: range ? t('range') : t('run') };
  const section = (title: string, hint: string, of: (group: UnfreedGroup) => boolean): Section => {
    const told = shown.filter(of).map((group) => tell(group, timing, units));
    return { title, hint, bytes: told.reduce((sum, { group }) => sum + group.bytes, 0), groups: told };
  };
  return [
    section(
      t('Suspected'),
      t('Grew again and again, and was not freed.'),
      (group) => group.keeper === 'none' && grows(group),
    ),
    section(
      t('Kept, without growing'),
      t('Still there at the end, but nothing was added.'),
      (group) => group.keeper === 'none' && !grows(group),
    ),
    section(t('Kept by caches'), t('Kept on purpose, to be used again.'), ({ keeper }) => keeper === 'cache'),
    section(t('Kept by imports'), t('Modules stay until the program ends.'), ({ keeper }) => keeper === 'import'),
  ].filter((each) => each.groups.length > 0);
}

interface Timing {
  part_s: number;
  start_s: number;
  what: string;
}

function tell(group: UnfreedGroup, timing: Timing, units: Units): Told {
  const { path, keeper, kept_by, growth_bytes } = group;
  const frame = path.find(({ origin }) => origin === 'yours') ?? path[0] ?? null;
  const imported = keeper === 'import' && kept_by;
  const most = Math.max(...growth_bytes, 1);
  return {
    key: `${keeper} ${path.map(({ file, line, function: name }) => `${name} ${file} ${line}`).join('\n')}`,
    group,
    name: shownText(imported ? kept_by.module : (frame?.function ?? t('Outside Python code'))),
    place: imported ? '' : placeOf(frame?.file ?? null, frame?.line ?? null),
    file: frame?.file ?? null,
    line: frame?.line ?? null,
    reason: reasonOf(group, timing, units),
    growth: growth_bytes.map((bytes) => bytes / most),
  };
}

/** In many parts, and still towards the end. */
export function grows({ growth_bytes, bytes }: Pick<UnfreedGroup, 'growth_bytes' | 'bytes'>): boolean {
  const grew = growth_bytes.map((each) => each >= noticeable * bytes && each > 0);
  const last = grew.lastIndexOf(true);
  return grew.filter(Boolean).length >= leastParts && last >= grew.length * 0.75;
}

function reasonOf(group: UnfreedGroup, timing: Timing, units: Units): string {
  const { keeper, kept_by } = group;
  if (keeper === 'import')
    return t(
      'Made while {0} was imported: its code and classes, and what it set up.',
      shownText(kept_by?.module ?? t('a module')),
    );
  if (keeper === 'cache') {
    const where = kept_by
      ? `${shownText(kept_by.function)}${kept_by.file ? ` (${placeOf(kept_by.file, kept_by.line)})` : ''}`
      : t('a cache');
    const rest = grows(group) ? t('it grew until the end: does it have a limit?') : lastGrowth(group, timing);
    return t('Kept by the cache {0}; {1}', where, rest);
  }
  return grows(group) ? growthOf(group, timing, units) : `${capital(lastGrowth(group, timing))}`;
}

function growthOf(
  { growth_bytes, bytes, kept_share, allocations }: UnfreedGroup,
  { what, part_s }: Timing,
  units: Units,
): string {
  const parts = growth_bytes.length;
  const grew = growth_bytes.filter((each) => each >= noticeable * bytes).length;
  const often = grew === parts ? t('each of the {0} equal parts', parts) : t('{0} of {1} equal parts', grew, parts);
  const rate = t('{0} a second', formatBytes(bytes / (part_s * parts), units));
  const kept =
    kept_share > 0.995
      ? allocations === 1
        ? t('none of its 1 block was freed')
        : t('none of its {0} blocks was freed', formatCount(allocations))
      : t('{0} of what it allocated is still there', formatShare(kept_share));
  return t('Grew in {0} of the {1}, by {2}, and {3}.', often, what, rate, kept);
}

function lastGrowth({ growth_bytes, bytes }: UnfreedGroup, { part_s, start_s, what }: Timing): string {
  const last = growth_bytes.findLastIndex((each) => each >= noticeable * bytes);
  const first = growth_bytes.findIndex((each) => each >= noticeable * bytes);
  if (last < 0 || last >= growth_bytes.length * 0.75) {
    return t('allocated towards the end of the {0}, so whether it would grow is not known.', what);
  }
  const end = formatDuration(start_s + (last + 1) * part_s);
  return first === last
    ? t('allocated by {0} and kept since; nothing was added later.', end)
    : t('it has not grown since {0}.', end);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
