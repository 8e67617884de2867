/**
 * Whether anything tried to leave the machine. The processes can be watched in a network that has the loopback device
 * alone: scripts/test.mjs runs these tests in one. Requests of the pages are seen anywhere.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { foreignRequests } from './editor';

const isolated = process.env.ALLOCLENS_ISOLATED_NETWORK === '1';

/** Connections and packets (IPv4) of all processes in this network that found no way out of it. */
function attempts(): number {
  const [names = [], values = []] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('OutNoRoutes')]);
}

/** Tries to reach an address that belongs to nobody (RFC 5737). */
const tryToLeave = () =>
  new Promise<void>((resolve) => {
    connect(80, '192.0.2.1').on('error', () => resolve());
  });

/** Two tests for the end of a file; each file's own attempts to leave are not counted against the next file. */
export function nothingLeavesTheMachine(): void {
  test('no page asked another machine for anything', () => {
    expect(foreignRequests).toEqual([]);
  });

  test.skipIf(!isolated)('no process tried to reach another machine', async () => {
    const before = attempts();
    expect(before - ownAttempts).toBe(0);
    await tryToLeave();
    const counted = attempts() - before;
    ownAttempts += counted;
    expect(counted, 'an attempt is counted').toBeGreaterThan(0);
  });
}

/** Attempts made by the tests themselves, to see that they are counted. */
let ownAttempts = attempts();
