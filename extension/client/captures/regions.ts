/** The parts of a program that it named itself: which there are, and which one figures are of. */
import { l10n, type QuickPickItem, window } from 'vscode';
import type { Measure, RegionRow } from '../../shared/capture';
import { bytesOf, measureWords } from '../../shared/measures';
import { type PartOfRun, scopeOf } from '../../shared/panel';
import { formatBytes, formatCount, formatShare, type Units } from '../../shared/units';
import type { CaptureService } from '../language/captureService';
import { shortLabel } from './shortLabel';

/** What the choice is among. */
export interface RegionQuestion extends PartOfRun {
  path: string;
  measure: Measure;
  units: Units;
}

export interface RegionChoice {
  name: string;
  bytes: number;
  entered: number;
}

interface Choice extends QuickPickItem {
  region: string | null;
}

/** Null for all memory; undefined when nothing was chosen. Rejects with a sentence when the program named none. */
export async function askForRegion(service: CaptureService, asked: RegionQuestion): Promise<string | null | undefined> {
  const { path, measure, units, range } = asked;
  const scope = scopeOf({ range, region: null });
  const { regions } = await service.query(path, { query: 'regions', scope });
  const choices = regionChoices(regions, measure);
  if (choices.length === 0) {
    throw new Error(l10n.t('This program named no regions. In its code: with alloclens.region("name"): …'));
  }
  const total = bytesOf(await service.query(path, { query: 'summary', scope }), measure);
  const check = (region: string | null) => (region === asked.region ? '$(check) ' : '$(blank) ');
  const items: Choice[] = [
    { region: null, label: `${check(null)}${l10n.t('All Memory')}`, description: formatBytes(total, units) },
    ...choices.map(({ name, bytes, entered }) => ({
      region: name,
      label: `${check(name)}${shortLabel(name)}`,
      description: [
        formatBytes(bytes, units),
        ...(total > 0 ? [formatShare(bytes / total)] : []),
        entered === 1 ? l10n.t('entered once') : l10n.t('entered {0} times', formatCount(entered)),
      ].join(' · '),
    })),
  ];
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Choose Region'),
    placeHolder: l10n.t('Figures are of what was allocated in it: {0}', measureWords[measure].title.toLowerCase()),
  });
  return chosen?.region;
}

/** By name, with what is nested, largest first. One name may stand in several places; inside itself it counts once. */
export function regionChoices(rows: readonly RegionRow[], measure: Measure): RegionChoice[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const isInside = ({ name, parent }: RegionRow) => {
    for (let at = byId.get(parent); at; at = byId.get(at.parent)) if (at.name === name) return true;
    return false;
  };
  const choices = new Map<string, RegionChoice>();
  for (const row of rows) {
    const choice = choices.get(row.name) ?? { name: row.name, bytes: 0, entered: 0 };
    if (!isInside(row)) choice.bytes += bytesOf(row.with_nested, measure);
    choice.entered += row.entered;
    choices.set(row.name, choice);
  }
  return [...choices.values()].sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
}
