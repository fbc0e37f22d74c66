/**
 * Names of our own servers, asked by a line's resolvers one after another, so that the question leaves by that line too. What led
 * somewhere once is tried when no resolver answers: who cuts names has not cut the way yet, and TLS checks who answers.
 */
import type { Limits, Network } from '../network.ts';

const TIMEOUT_MS = 3_000;
/** A machine speaks with a handful of servers of ours. */
const NAMES_KEPT_MAX = 32;

export function createLineNames(
  network: Pick<Network, 'resolve' | 'resolvers'>,
): (hostname: string) => Promise<readonly string[]> {
  const known = new Map<string, readonly string[]>();
  return async (hostname) => {
    const found = await asked(hostname, network);
    const before = known.get(hostname) ?? [];
    if (found.length > 0 && (known.has(hostname) || known.size < NAMES_KEPT_MAX)) known.set(hostname, found);
    return [...found, ...before.filter((address) => !found.includes(address))];
  };
}

async function asked(
  hostname: string,
  { resolve, resolvers }: Pick<Network, 'resolve' | 'resolvers'>,
): Promise<readonly string[]> {
  const limits: Limits = { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal };
  const all = [resolvers.system, ...resolvers.udp, ...(resolvers.doh === null ? [] : [resolvers.doh])];
  for (const resolver of all) {
    const { addresses } = await resolve({ resolver, hostname, queryType: 'ANY', lateMs: 0 }, limits);
    if (addresses.length > 0) return addresses.map(({ address }) => address);
  }
  return [];
}
