/** How measures are called, and which of the figures belong to them. */
import type { Attribution, Figures, Measure } from './capture';

export interface MeasureWords {
  /** Before a figure where there is little room. */
  symbol: string;
  /** Of menus. */
  title: string;
  /** After a figure: "203.4 MB peak". */
  noun: string;
  /** After a figure in a sentence: "203.4 MB at peak". */
  phrase: string;
  /** What it means, for menus. */
  meaning: string;
}

export const measureWords: Record<Measure, MeasureWords> = {
  peak: {
    symbol: '▲',
    title: 'Peak',
    noun: 'peak',
    phrase: 'at peak',
    meaning: 'Live at the moment the heap was largest',
  },
  unfreed: {
    symbol: '●',
    title: 'Unfreed',
    noun: 'unfreed',
    phrase: 'unfreed',
    meaning: 'Still live when tracking ended: a suspected leak',
  },
  total: {
    symbol: 'Σ',
    title: 'Total',
    noun: 'total',
    phrase: 'in total',
    meaning: 'Everything that was allocated, freed or not',
  },
  temporary: {
    symbol: '↺',
    title: 'Temporary',
    noun: 'temporary',
    phrase: 'temporary',
    meaning: 'Freed before the same thread allocated again',
  },
};

/** Which line gets the bytes: a second choice, for figures on lines alone. */
export const attributionWords: Record<Attribution, { title: string; meaning: string }> = {
  yours: {
    title: 'Your Code',
    meaning: 'The innermost line of your code: what libraries allocate for it counts there',
  },
  own: { title: 'Own', meaning: 'The line that itself allocated, in libraries too' },
  with_callees: { title: 'With Callees', meaning: 'Every line on the stack, once each' },
};

export const attributions = Object.keys(attributionWords) as Attribution[];

export const measures = Object.keys(measureWords) as Measure[];

export function bytesOf(figures: Figures, measure: Measure): number {
  return figures[`${measure}_bytes`];
}

/** For total: number of allocation calls; for peak and unfreed: number of blocks then live. */
export function allocationsOf(figures: Figures, measure: Measure): number {
  return figures[`${measure}_allocations`];
}
