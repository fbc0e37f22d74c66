/** The user's path: the URL asked for, and each URL that a redirect led to, with the observations that belong to it. */
import { isBogon, isV6, parsePlace, placeKey } from './address.ts';
import type { Endpoint, Fetch, Hop, Lookup, Outcome, Stage } from './evidence.ts';
import { mannerOf, mostTelling } from './failures.ts';
import { literalAddress } from './gather.ts';
import type { Gathered } from './gather.ts';

/** Browsers give up at twenty. */
export const HOPS_MAX = 20;

export interface Path {
  readonly hops: readonly Hop[];
  readonly first: Hop;
  readonly outcome: Outcome;
  readonly followed: readonly Fetch[];
}

/** Null where the input is no http or https URL. */
export function followPath(input: string, gathered: Gathered, wantedCode: number | null): Path | null {
  const first = hopOf(input, gathered, true);
  if (first === null) return null;
  const hops: Hop[] = [first];
  const followed: Fetch[] = [];
  let outcome = outcomeOf(first, wantedCode);
  while (outcome.kind === 'page' && hops.length < HOPS_MAX) {
    const next = redirectOf(outcome.fetch);
    const hop = next === null ? null : hopOf(next, gathered, false);
    if (hop === null || hops.some((seen) => seen.href === hop.href)) break;
    const after = outcomeOf(hop, wantedCode);
    // A light check follows no redirect: a proven answer is then the end of the path.
    if (after.kind === 'nothing' && isUnseen(hop)) break;
    hops.push(hop);
    followed.push(outcome.fetch);
    outcome = after;
  }
  if (outcome.kind === 'page') followed.push(outcome.fetch);
  return { hops, first, outcome: withProof(outcome, hops), followed };
}

function withProof(outcome: Outcome, hops: readonly Hop[]): Outcome {
  if (outcome.kind !== 'page') return outcome;
  return { ...outcome, secureAllTheWay: outcome.fetch.secure && hops.every((hop) => hop.secure) };
}

function isUnseen(hop: Hop): boolean {
  return (
    hop.lookups.length === 0 &&
    hop.handshakes.length === 0 &&
    hop.fetches.length === 0 &&
    hop.endpoints.length === 0
  );
}

/** A URL's canonical form; null where it is no http or https URL. `a.example:8443` without a scheme is none either. */
function parseUrl(text: string, base?: string): URL | null {
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

function redirectOf(fetch: Fetch): string | null {
  if (fetch.code < 300 || fetch.code > 399 || fetch.location === '') return null;
  return parseUrl(fetch.location, fetch.href)?.href ?? null;
}

function hopOf(text: string, gathered: Gathered, isFirst: boolean): Hop | null {
  const url = parseUrl(text);
  if (url === null) return null;
  const secure = url.protocol === 'https:';
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const lookups = gathered.lookups.filter((lookup) => lookup.host === host);
  const literal = literalAddress(host);
  const addresses = literal === null ? userAddresses(lookups) : [literal];
  const onPath = pathTest(literal === null ? lookups : [], addresses);
  const places = new Set(addresses.map((ip) => placeKey(ip, port)));
  return {
    href: url.href,
    host,
    port,
    secure,
    lookups,
    addresses,
    // Which connects belong to a name that was never looked up cannot be told once there was a redirect.
    endpoints:
      isFirst || lookups.length > 0 || literal !== null ? endpointsOf(gathered.endpoints, port, onPath) : [],
    handshakes: gathered.handshakes
      .filter((seen) => seen.name === bare(host))
      .map((seen) => ({ ...seen, onPath: onPath(seen.ip) })),
    harmless: gathered.harmless.filter(
      (seen) => seen.port === port && (places.has(seen.place) || addresses.length === 0),
    ),
    fetches: gathered.fetches.filter((seen) => seen.href === url.href && isFetchOnPath(seen, onPath)),
  };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/gu, '');
}

type PathTest = (ip: string) => boolean;

/** Without a lookup every address counts; with one, those it gave. Old producers name no address: those count. */
function pathTest(lookups: readonly Lookup[], addresses: readonly string[]): PathTest {
  const own = new Set(addresses);
  return (ip) => own.has(ip) || ip === '' || (lookups.length === 0 && addresses.length === 0);
}

function isFetchOnPath(fetch: Fetch, onPath: PathTest): boolean {
  return onPath(parsePlace(fetch.place)?.ip ?? '');
}

function endpointsOf(endpoints: readonly Endpoint[], port: number, onPath: PathTest): readonly Endpoint[] {
  return endpoints.filter((seen) => seen.port === port && onPath(seen.ip));
}

/** The lookups that stand for the user: the system's; where it was not asked, clear text; else encrypted. */
export function userLookups(lookups: readonly Lookup[]): readonly Lookup[] {
  for (const engine of ['system', 'clear', 'encrypted'] as const) {
    const asked = lookups.filter((lookup) => lookup.engine === engine);
    if (asked.length > 0) return asked;
  }
  return [];
}

function userAddresses(lookups: readonly Lookup[]): string[] {
  return [...new Set(userLookups(lookups).flatMap((lookup) => lookup.addresses))].sort();
}

function outcomeOf(hop: Hop, wantedCode: number | null): Outcome {
  const fetch = bestFetch(hop.fetches, wantedCode);
  if (fetch !== null) return { kind: 'page', hop, fetch, secureAllTheWay: false };
  return dnsOutcome(hop) ?? tcpOutcome(hop) ?? tlsOutcome(hop) ?? httpOutcome(hop);
}

/** A whole page before a redirect, and the control's status before others: one good answer is what the user gets. */
function bestFetch(fetches: readonly Fetch[], wantedCode: number | null): Fetch | null {
  const done = fetches.filter((fetch) => fetch.failure === null && fetch.code > 0);
  const ranked = [...done].sort(
    (left, right) =>
      fetchRank(left, wantedCode) - fetchRank(right, wantedCode) ||
      left.code - right.code ||
      (right.bodyBytes ?? 0) - (left.bodyBytes ?? 0) ||
      left.fingerprints.length - right.fingerprints.length ||
      compareText(JSON.stringify(left), JSON.stringify(right)),
  );
  return ranked[0] ?? null;
}

function fetchRank(fetch: Fetch, wantedCode: number | null): number {
  const insecure = fetch.secure ? 0 : 1;
  if (fetch.code >= 200 && fetch.code <= 299) return insecure;
  if (fetch.code === wantedCode) return 2 + insecure;
  return (fetch.code <= 399 ? 4 : 6) + insecure;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function failed(hop: Hop, stage: Stage, failures: readonly string[]): Outcome {
  return { kind: 'failed', hop, stage, failure: mostTelling(failures) ?? 'unknown_failure' };
}

function dnsOutcome(hop: Hop): Outcome | null {
  const asked = userLookups(hop.lookups);
  if (asked.length === 0) return null;
  if (hop.addresses.length > 0)
    return hop.addresses.every(isBogon) ? failed(hop, 'dns', ['dns_bogon_error']) : null;
  return failed(
    hop,
    'dns',
    asked.map((lookup) => lookup.failure ?? 'dns_no_answer'),
  );
}

/** IPv6 that has no route says nothing while IPv4 was tried too. */
function tcpOutcome(hop: Hop): Outcome | null {
  const { endpoints } = hop;
  if (endpoints.length === 0 || endpoints.some((endpoint) => endpoint.failure === null)) return null;
  const v4 = endpoints.filter((endpoint) => !isV6(endpoint.ip));
  return failed(hop, 'tcp', failuresOf(v4.length > 0 ? v4 : endpoints));
}

function tlsOutcome(hop: Hop): Outcome | null {
  const handshakes = hop.handshakes.filter((handshake) => handshake.onPath && handshake.port === hop.port);
  if (!hop.secure || handshakes.length === 0) return null;
  return handshakes.some((handshake) => handshake.failure === null)
    ? null
    : failed(hop, 'tls', failuresOf(handshakes));
}

function failuresOf(steps: readonly { readonly failure: string | null }[]): string[] {
  return steps.map((step) => step.failure).filter((failure) => failure !== null);
}

function httpOutcome(hop: Hop): Outcome {
  const failure = mostTelling(failuresOf(hop.fetches));
  if (failure !== null) return { kind: 'failed', hop, stage: stageOf(failure, hop), failure };
  const handshook = hop.handshakes.some((seen) => seen.onPath && seen.verified && seen.port === hop.port);
  return { kind: hop.secure && handshook ? 'handshake' : 'nothing', hop };
}

/** Old measurements note only the request; the word then tells how far it came. */
function stageOf(failure: string, hop: Hop): Stage {
  const manner = mannerOf(failure);
  if (manner === 'dns') return 'dns';
  if (manner === 'certificate' || failure.startsWith('ssl_')) return 'tls';
  const connected = hop.endpoints.some((endpoint) => endpoint.failure === null);
  return !connected && (manner === 'refused' || manner === 'local') ? 'tcp' : 'http';
}
