/** A made-up network for sweeps: who would answer, without a socket. */
import { RefusedAddressError } from '../../probes/prefix.ts';
import type { PrefixSet } from '../../probes/prefix.ts';
import type { SweepProber } from '../../probes/sweep-prober.ts';

export interface SweepWorld extends SweepProber {
  /** Every address that was asked, in order, by batch. */
  readonly batches: string[][];
  /** Blocks (three octets) or whole first octets' prefixes (`2.`) that are cut. */
  readonly cut: Set<string>;
  /** Set: this machine cannot send. */
  isBroken: boolean;
}

/** @param answers whether an address answers while its block is up */
export function sweepWorld(answers: (address: string) => boolean, prefixes?: PrefixSet): SweepWorld {
  const world: SweepWorld = {
    method: 'tcp/443',
    batches: [],
    cut: new Set(),
    isBroken: false,
    async ask(addresses, signal) {
      for (const address of addresses)
        if (prefixes?.allows(address) === false) throw new RefusedAddressError(address);
      if (signal.aborted || world.isBroken) return [];
      world.batches.push([...addresses]);
      return addresses.map((address) => {
        const isCut = [...world.cut].some((prefix) => address.startsWith(prefix));
        const answered = !isCut && answers(address);
        return { address, answered, rttMs: answered ? 80 : null };
      });
    },
  };
  return world;
}
