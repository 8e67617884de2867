/** Saying what is done, and doing it: every script prints and spawns through here. */
import { execFileSync, spawn } from 'node:child_process';
import { writeSync } from 'node:fs';

/** File descriptor of progress: 1, or 2 when stdout belongs to a program that we run. */
let progress = 1;
export const keepStdoutFree = () => {
  progress = 2;
};

export const say = (text) => writeSync(progress, `${text}\n`);
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A failure that is explained by its message alone. */
export class Stop extends Error {}

/** Runs `main` of a script; a Stop is printed as its sentence, anything else with its stack. */
export async function script(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    writeSync(2, `\n${error instanceof Stop ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

/**
 * Runs a program to its end, its output to ours; with `quiet` only when it fails.
 * Rejects with a Stop that names the command and its exit status.
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const output = quiet ? 'pipe' : progress;
    const child = spawn(command, args, { stdio: ['ignore', output, quiet ? 'pipe' : 2], ...options });
    const chunks = [];
    for (const stream of quiet ? [child.stdout, child.stderr] : []) stream.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => reject(new Stop(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      if (quiet) writeSync(2, Buffer.concat(chunks));
      const ended = signal ? `was ended by ${signal}` : `failed with exit status ${code}`;
      reject(new Stop(`${[command, ...args].join(' ').slice(0, 300)} ${ended}.`));
    });
  });
}

/** Standard output of a short command, or null when it fails or does not exist. */
export function ask(command, args, options = {}) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...options }).trim();
  } catch {
    return null;
  }
}

export const hasCommand = (name) => ask('sh', ['-c', 'command -v "$0"', name]) !== null;

/** Runs a named piece of work and prints its name at the start and its time at the end. */
export async function timed(name, work) {
  const start = performance.now();
  say(`── ${name}`);
  const result = await work();
  say(`   ${name}: ${seconds(start)}`);
  return result;
}
