/** The loopback addresses that the demo's vantages and its control connect from. */
import { createServer } from 'node:net';
import { EnvironmentError } from '../errors.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Third octet of the first vantage's address. */
const VANTAGE_OCTET = 20;
const VANTAGES_PER_OCTET = 250;

/** Vantages by the address that they connect from. */
export type Sources = ReadonlyMap<string, Scenario['vantages'][number]>;

export function sourceAddresses(scenario: Scenario): Sources {
  return new Map(
    scenario.vantages.map((vantage, index) => {
      const octet = VANTAGE_OCTET + Math.floor(index / VANTAGES_PER_OCTET);
      return [`127.0.${octet}.${1 + (index % VANTAGES_PER_OCTET)}`, vantage];
    }),
  );
}

/**
 * Linux answers for all of 127.0.0.0/8; macOS for 127.0.0.1 alone until told otherwise.
 * @throws EnvironmentError `LOOPBACK_RANGE`.
 */
export async function checkLoopbackRange(addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        reject(
          new EnvironmentError(
            'LOOPBACK_RANGE',
            `the demo tells its vantages apart by loopback addresses, and this machine has no ${address}; ` +
              `on macOS add each with "sudo ifconfig lo0 alias <address> up": ${addresses.join(' ')}`,
            { cause },
          ),
        );
      });
      server.listen(0, address, () => {
        server.close(() => {
          resolve();
        });
      });
    });
  }
}
