/** Whether the answers the user got lie where others find the site: by address, by AS, by neighbourhood. */
import { isBogon, neighbourhood, parsePlace } from './address.ts';
import type { Consistency, ControlView, Hop, Injection } from './evidence.ts';
import { mannerOf } from './failures.ts';

interface Reference {
  readonly control: ControlView;
  readonly asnOf: (ip: string) => number | null;
  readonly expectedAsns: readonly number[];
}

/** `unknown` where nothing but the bare addresses differs: content networks answer everybody differently. */
export function consistencyOf(hop: Hop, { control, asnOf, expectedAsns }: Reference): Consistency {
  const own = hop.addresses.filter((address) => !isBogon(address));
  const theirs = elsewhere(hop, control);
  if (own.length === 0 || (theirs.length === 0 && expectedAsns.length === 0)) return 'unknown';
  const known = new Set(theirs);
  if (own.some((address) => known.has(address))) return 'consistent';
  if (isForeignGround(own, control)) return 'inconsistent';
  const byNetworks = byNetwork(own, theirs, { control, asnOf, expectedAsns });
  return byNetworks === 'unknown' && injectionOf(hop, control) !== null ? 'inconsistent' : byNetworks;
}

function byNetwork(
  own: readonly string[],
  theirs: readonly string[],
  { asnOf, expectedAsns }: Reference,
): Consistency {
  const near = new Set(theirs.map(neighbourhood));
  if (own.some((address) => near.has(neighbourhood(address)))) return 'consistent';
  const ownAsns = own.map(asnOf).filter((asn) => asn !== null);
  const theirAsns = [...theirs.map(asnOf).filter((asn) => asn !== null), ...expectedAsns];
  if (ownAsns.some((asn) => theirAsns.includes(asn))) return 'consistent';
  return ownAsns.length === own.length && theirAsns.length > 0 ? 'inconsistent' : 'unknown';
}

/** The control went to these addresses too: none holds a certificate for the name, while the site's own addresses do. */
function isForeignGround(own: readonly string[], control: ControlView): boolean {
  const tried = [...control.tls].map(([place, failure]) => ({ ip: parsePlace(place)?.ip ?? '', failure }));
  const there = tried.filter(({ ip }) => own.includes(ip));
  return (
    there.length > 0 &&
    there.every(({ failure }) => failure !== null && mannerOf(failure) === 'certificate') &&
    tried.some(({ ip, failure }) => failure === null && !own.includes(ip))
  );
}

/** Where the control and the encrypted resolvers find the site. */
function elsewhere(hop: Hop, control: ControlView): string[] {
  const encrypted = hop.lookups.filter((lookup) => lookup.engine === 'encrypted');
  const theirs = encrypted.flatMap((lookup) => lookup.addresses);
  return [...control.addresses.map((address) => address.toLowerCase()), ...theirs];
}

/**
 * A late answer with addresses that others have as well, to a question whose first answer had none of them and was
 * what the user got. Of several the first in time.
 */
export function injectionOf(hop: Hop, control: ControlView): Injection | null {
  const known = new Set(elsewhere(hop, control));
  const own = new Set(hop.addresses);
  const found = hop.lookups
    .filter((lookup) => isWhatTheUserGot(lookup.addresses, own))
    .filter((lookup) => !lookup.addresses.some((address) => known.has(address)))
    .flatMap((lookup) => lookup.late)
    .map(({ elapsedMs, addresses }) => ({
      elapsedMs,
      addresses: addresses.filter((address) => known.has(address)).sort(),
    }))
    .filter((late) => late.addresses.length > 0);
  return [...found].sort(earliest)[0] ?? null;
}

/** A lookup that failed stands for a user whose lookup failed as well. */
function isWhatTheUserGot(addresses: readonly string[], own: ReadonlySet<string>): boolean {
  return own.size === 0 ? addresses.length === 0 : addresses.some((address) => own.has(address));
}

function earliest(left: Injection, right: Injection): number {
  const byTime = (left.elapsedMs ?? Infinity) - (right.elapsedMs ?? Infinity);
  if (byTime !== 0 && !Number.isNaN(byTime)) return byTime;
  return left.addresses.join() < right.addresses.join() ? -1 : 1;
}
