/** Whether the answers the user got lie where others find the site: by address, by AS, by neighbourhood. */
import { isBogon, neighbourhood, parsePlace } from './address.ts';
import type { Consistency, ControlView, Hop } from './evidence.ts';
import { mannerOf } from './failures.ts';

interface Reference {
  readonly control: ControlView;
  readonly asnOf: (ip: string) => number | null;
  readonly expectedAsns: readonly number[];
}

/** `unknown` where nothing but the bare addresses differs: content networks answer everybody differently. */
export function consistencyOf(hop: Hop, { control, asnOf, expectedAsns }: Reference): Consistency {
  const own = hop.addresses.filter((address) => !isBogon(address));
  const encrypted = hop.lookups
    .filter((lookup) => lookup.engine === 'encrypted')
    .flatMap((lookup) => lookup.addresses);
  const theirs = [...control.addresses.map((address) => address.toLowerCase()), ...encrypted];
  if (own.length === 0 || (theirs.length === 0 && expectedAsns.length === 0)) return 'unknown';
  const known = new Set(theirs);
  if (own.some((address) => known.has(address))) return 'consistent';
  if (isForeignGround(own, control)) return 'inconsistent';
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
