/** From a tool's hops to what is kept of them: no address, and nothing of the network that the vantage itself is in. */
import type { PathTrace } from '../measurement.ts';
import { isSpecialAddress } from '../special-address.ts';
import type { RawHop } from '../hops.ts';

/** `AS9198`, or null where no table knows the address. */
export type AsnOf = (address: string) => string | null;

/**
 * Up to the target or the last router that answered. A private or shared address (a home's router, an operator's NAT) is kept as a hop
 * without a network and without a time: both would tell of the house and not of the way.
 */
export function traceOf(hops: readonly RawHop[], target: string, asnOf: AsnOf): PathTrace {
  const arrived = hops.findIndex(({ address }) => address === target);
  const until = arrived === -1 ? lastAnswer(hops) : arrived;
  return {
    reached: arrived !== -1,
    hops: hops.slice(0, until + 1).map(({ hop, address, rttMs }) => {
      if (address === null) return { hop, asn: null, rtt_ms: null, kind: 'silent' };
      if (isSpecialAddress(address)) return { hop, asn: null, rtt_ms: null, kind: 'private' };
      return { hop, asn: asnOf(address), rtt_ms: rttMs === null ? null : Math.round(rttMs), kind: 'public' };
    }),
  };
}

function lastAnswer(hops: readonly RawHop[]): number {
  return hops.findLastIndex(({ address }) => address !== null);
}
