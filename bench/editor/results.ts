/** What was measured, as a table: on the screen, and in the day's file of bench/results. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, type } from 'node:os';
import type { RunnerTask } from 'vitest';
import { inRoot, python } from '../../scripts/lib/paths.mjs';

export interface Figure {
  what: string;
  value: string;
  /** Of docs and design; empty where there is none. */
  budget: string;
  met: boolean | null;
}

const figures: Figure[] = [];

/** Milliseconds or a ratio, the median with the lowest and the highest. */
export function note(what: string, values: number[], unit: 'ms' | '×' | 'MB', budget?: number): void {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const text = (value: number) => value.toFixed(unit === '×' ? 2 : unit === 'MB' ? 1 : 0);
  const spread = sorted.length > 1 ? ` (${text(sorted[0]!)}–${text(sorted.at(-1)!)})` : '';
  const figure = {
    what,
    value: `${text(median)} ${unit}${spread}`,
    budget: budget === undefined ? '' : `≤ ${budget} ${unit}`,
    met: budget === undefined ? null : median <= budget,
  };
  figures.push(figure);
  console.log(`${figure.met === false ? 'MISSED  ' : ''}${what}: ${figure.value} ${figure.budget}`);
}

/** What is left out of a part of the bench would be missing from the page: then there is none. */
function allPassed(tasks: readonly RunnerTask[]): boolean {
  return tasks.every((task) => (task.type === 'suite' ? allPassed(task.tasks) : task.result?.state === 'pass'));
}

export function keep(tasks: readonly RunnerTask[]): void {
  if (!allPassed(tasks)) return;
  const version = execFileSync(python, ['--version'], { encoding: 'utf8' }).trim();
  const day = new Date().toISOString().slice(0, 10);
  const rows = figures.map(
    ({ what, value, budget, met }) => `| ${what} | ${value} | ${budget}${met === false ? ' **missed**' : ''} |`,
  );
  const text = [
    '# In a real VS Code',
    '',
    `\`npm run bench -- --editor\`: ${day}, ${version}, VS Code for the browser in headless Chromium on the same machine, ` +
      `${type()}-${release()} ${arch()}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${loadavg()[0]!.toFixed(1)}. ` +
      'Medians, with the lowest and the highest.',
    '',
    '| what | measured | budget |',
    '| --- | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
  writeFileSync(inRoot('bench/results', `${day}-editor.md`), text);
}
