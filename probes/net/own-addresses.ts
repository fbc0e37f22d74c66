/** Answers that lead to this machine: which they do is told, and not under which address. */
import { networkInterfaces } from 'node:os';
import type { Resolution, ResolvedAddress } from '../network.ts';

/** Those of interfaces that lead out. */
export function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
}

/** The same resolution with this machine's own addresses as loopback ones, as OONI writes an address that it withholds. */
export function withoutOwn(resolution: Resolution, ownAddresses: readonly string[]): Resolution {
  function shown(found: ResolvedAddress): ResolvedAddress {
    if (!ownAddresses.includes(found.address)) return found;
    return { ...found, address: found.family === 4 ? '127.0.0.1' : '::1' };
  }
  return {
    ...resolution,
    addresses: resolution.addresses.map(shown),
    late: resolution.late.map((reply) => ({ ...reply, addresses: reply.addresses.map(shown) })),
  };
}
