/** How measures are called, and which of the figures belong to them. */
import type { Attribution, Figures, Measure } from './capture';
import { t } from './translate';

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
  get peak() {
    return {
      symbol: '▲',
      title: t('Peak'),
      noun: t('peak'),
      phrase: t('at peak'),
      meaning: t('Live at the moment the heap was largest'),
    };
  },
  get unfreed() {
    return {
      symbol: '●',
      title: t('Unfreed'),
      noun: t('unfreed'),
      phrase: t('unfreed'),
      meaning: t('Still live when tracking ended: a suspected leak'),
    };
  },
  get total() {
    return {
      symbol: 'Σ',
      title: t('Total'),
      noun: t('total'),
      phrase: t('in total'),
      meaning: t('Everything that was allocated, freed or not'),
    };
  },
  get temporary() {
    return {
      symbol: '↺',
      title: t('Temporary'),
      noun: t('temporary'),
      phrase: t('temporary'),
      meaning: t('Freed before the same thread allocated again'),
    };
  },
};

/** Which line gets the bytes: a second choice, for figures on lines alone. */
export const attributionWords: Record<Attribution, { title: string; meaning: string }> = {
  get yours() {
    return {
      title: t('Your Code'),
      meaning: t('The innermost line of your code: what libraries allocate for it counts there'),
    };
  },
  get own() {
    return {
      title: t('Own'),
      meaning: t('The line that itself allocated, in libraries too'),
    };
  },
  get with_callees() {
    return {
      title: t('With Callees'),
      meaning: t('Every line on the stack, once each'),
    };
  },
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
