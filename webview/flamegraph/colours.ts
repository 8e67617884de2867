import type { Origin } from '../../extension/shared/capture';
import { heatLevel } from '../../extension/shared/heat';
import type { Colouring } from '../../extension/shared/panel';
import { t } from '../../extension/shared/translate';
import type { Frame } from './frame';

const variables: Record<Origin, string> = {
  yours: '--vscode-alloclens-flameOwn',
  standard_library: '--vscode-alloclens-flameStdlib',
  package: '--vscode-alloclens-flamePackage',
  native: '--vscode-alloclens-flameNative',
};

/** In the order of the legend. */
export const originNames: Record<Origin, string> = {
  yours: t('Your code'),
  standard_library: t('Standard library'),
  package: t('Packages'),
  native: t('Native'),
};

const background = 'var(--vscode-editor-background)';
/** Neighbours of one origin stay apart by how much of the colour is mixed into the background. */
const steps = [100, 92, 84] as const;
/** Of what changed least, and added for what changed most: the text of the theme must stay legible on it. */
const weakestGrowth = 10;
const strongestGrowth = 36;
/** What a search did not find. */
const dimmedStep = 34;

export function originColour(origin: Origin): string {
  return `var(${variables[origin]})`;
}

export interface Paint {
  colouring: Colouring;
  /** Of the measure, in the whole capture. */
  total: number;
}

/** A CSS colour that follows the theme by itself: nothing is drawn again when it changes. */
export function fillOf(
  frame: Pick<Frame, 'name' | 'origin' | 'folded' | 'parent' | 'own' | 'bytes' | 'base'>,
  dimmed = false,
  { colouring, total }: Paint = { colouring: 'origin', total: 1 },
): string {
  if (!frame.parent) return 'var(--alloclens-root)';
  if (frame.folded > 0) return dimmed ? mix('var(--alloclens-folded)', dimmedStep) : 'var(--alloclens-folded)';
  if (frame.base !== null) return growthOf(frame.bytes, frame.base, dimmed);
  if (colouring === 'heat') return heatOf(frame.own / total, dimmed);
  return mix(originColour(frame.origin), dimmed ? dimmedStep : steps[hash(frame.name) % steps.length]!);
}

/** By own bytes: what asks for nothing itself is neutral. Pale enough on light themes for the labels to be read. */
function heatOf(share: number, dimmed: boolean): string {
  const colour = share > 0 ? `var(--vscode-alloclens-heat${heatLevel(share)})` : 'var(--alloclens-folded)';
  if (dimmed) return mix(colour, dimmedStep);
  return share > 0 ? `color-mix(in srgb, ${colour} var(--alloclens-heat-strength), ${background})` : colour;
}

/** In the order of the legend of a comparison. */
export const growthNames = { growth: t('Grew'), shrinkage: t('Shrank') };

export function growthColour(change: number): string {
  return `var(--vscode-alloclens-${change > 0 ? 'growth' : 'shrinkage'})`;
}

/** What grew and what shrank have a colour each, the more the stronger; what is as it was is neutral. */
function growthOf(bytes: number, base: number, dimmed: boolean): string {
  const change = (bytes - base) / Math.max(1, bytes, base);
  const percent = Math.round(Math.abs(change) * strongestGrowth);
  if (dimmed) return mix('var(--alloclens-folded)', dimmedStep);
  if (percent === 0) return 'var(--alloclens-root)';
  return mix(growthColour(change), percent + weakestGrowth);
}

function mix(colour: string, percent: number): string {
  return percent === 100 ? colour : `color-mix(in srgb, ${colour} ${percent}%, ${background})`;
}

/** FNV-1a, so that a function keeps its shade in every graph. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
