/** How hot a share of memory is: the same levels on lines, in lists and in graphs. */
export type HeatLevel = 1 | 2 | 3 | 4 | 5;

/** Lower bounds of the levels 2 to 5, as shares of the measure's total. */
const LEVELS = [0.03, 0.1, 0.25, 0.5];

/** 1 = below 3 % of the total, 2 = 3–10 %, 3 = 10–25 %, 4 = 25–50 %, 5 = from 50 %. */
export function heatLevel(share: number): HeatLevel {
  return (1 + LEVELS.filter((bound) => share >= bound).length) as HeatLevel;
}
