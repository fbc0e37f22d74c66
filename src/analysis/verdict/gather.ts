/** Observations of a measurement, each read once into the shape that hops are cut from. */
import type { WebTestKeys } from '../../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../../probes/observations.ts';
import type { DnsAnswer, DnsQuery, HttpTransaction, TlsHandshake } from '../../../probes/observations.ts';
import { isAddress, parseNamedPlace, parsePlace, placeKey } from './address.ts';
import type { Endpoint, EngineClass, Fetch, Handshake, Lookup } from './evidence.ts';
import { headerNamesOf, headerOf } from './headers.ts';
import { bodyRates } from './progress.ts';
import type { Knowledge } from './verdict.ts';

export interface Gathered {
  readonly lookups: readonly Lookup[];
  readonly asns: ReadonlyMap<string, number>;
  readonly endpoints: readonly Endpoint[];
  readonly handshakes: readonly Handshake[];
  readonly harmless: readonly Handshake[];
  readonly fetches: readonly Fetch[];
}

export function gather(keys: WebTestKeys, blockpagesOf: Knowledge['blockpagesOf']): Gathered {
  const handshakes = keys.tls_handshakes.filter((seen) => !seen.tags.includes(TAG_HARMLESS)).map(toHandshake);
  const rates = bodyRates(keys);
  return {
    lookups: keys.queries.map(toLookup).filter((lookup) => lookup.host !== ''),
    asns: asnsOf(keys),
    endpoints: keys.tcp_connect.map((seen) => ({
      ip: seen.ip.toLowerCase(),
      port: seen.port,
      failure: seen.status.success ? null : (seen.status.failure ?? 'unknown_failure'),
    })),
    handshakes,
    harmless: keys.tls_handshakes.filter((seen) => seen.tags.includes(TAG_HARMLESS)).map(toHandshake),
    fetches: keys.requests.filter(isDirect).map((seen) => toFetch(seen, { handshakes, rates, blockpagesOf })),
  };
}

const ENGINES: ReadonlyMap<string, EngineClass> = new Map<string, EngineClass>([
  ['getaddrinfo', 'system'],
  ['system', 'system'],
  ['golang_net_resolver', 'system'],
  ['doh', 'encrypted'],
  ['doh3', 'encrypted'],
  ['dot', 'encrypted'],
  ['doq', 'encrypted'],
]);

function addressesIn(answers: readonly DnsAnswer[]): string[] {
  return answers
    .map((answer) => answer.ipv4 ?? answer.ipv6 ?? '')
    .filter((address) => address !== '')
    .map((address) => address.toLowerCase());
}

function toLookup(query: DnsQuery): Lookup {
  const addresses = addressesIn(query.answers);
  return {
    engine: ENGINES.get(query.engine) ?? 'clear',
    host: query.hostname.toLowerCase().replace(/\.$/u, ''),
    failure: query.failure ?? (addresses.length === 0 ? 'dns_no_answer' : null),
    addresses,
    late: (query.x_aiqyn_late_answers ?? []).map((late) => ({
      elapsedMs: late.elapsed_ms ?? null,
      addresses: addressesIn(late.answers),
    })),
  };
}

function asnsOf(keys: WebTestKeys): Map<string, number> {
  const asns = new Map<string, number>();
  for (const [address, info] of Object.entries(keys.control?.ip_info ?? {})) noteAsn(asns, address, info.asn);
  for (const query of keys.queries) {
    for (const answer of query.answers) noteAsn(asns, answer.ipv4 ?? answer.ipv6 ?? '', answer.asn);
  }
  return asns;
}

/** Where two sources disagree the smaller number stays, so that order plays no part. */
function noteAsn(asns: Map<string, number>, address: string, asn: number | null | undefined): void {
  if (address === '' || typeof asn !== 'number' || asn <= 0) return;
  const key = address.toLowerCase();
  asns.set(key, Math.min(asn, asns.get(key) ?? asn));
}

function keyOf(address: string): string {
  const place = parsePlace(address);
  return place === null ? (parseNamedPlace(address)?.key ?? '') : placeKey(place.ip, place.port);
}

function whereOf(address: string): Pick<Handshake, 'place' | 'ip' | 'port'> {
  const place = parsePlace(address);
  const port = place?.port ?? parseNamedPlace(address)?.port ?? 0;
  return { place: keyOf(address), ip: place?.ip ?? '', port };
}

function toHandshake(seen: TlsHandshake): Handshake {
  return {
    ...whereOf(seen.address),
    name: seen.server_name.toLowerCase(),
    failure: seen.failure,
    verified: seen.failure === null && !seen.no_tls_verify,
    seconds: seen.t0 === null || seen.t === null ? null : Math.max(0, seen.t - seen.t0),
    certificates: seen.peer_certificates,
    chainSha256: seen.x_aiqyn_chain_sha256 ?? [],
    onPath: false,
  };
}

/** Old probes (2012-2018) listed the control's fetch over Tor among the requests. */
function isDirect(transaction: HttpTransaction): boolean {
  const tor: unknown = transaction.request['tor'];
  return !(typeof tor === 'object' && tor !== null && 'is_tor' in tor && tor.is_tor === true);
}

interface Around {
  readonly handshakes: readonly Handshake[];
  readonly rates: ReadonlyMap<string, number>;
  readonly blockpagesOf: Knowledge['blockpagesOf'];
}

function toFetch(seen: HttpTransaction, { handshakes, rates, blockpagesOf }: Around): Fetch {
  const key = keyOf(seen.address);
  const { response } = seen;
  const headers = response?.headers ?? {};
  return {
    href: URL.canParse(seen.request.url) ? new URL(seen.request.url).href : '',
    place: key,
    failure: seen.failure,
    code: response?.code ?? 0,
    location: headerOf(headers, 'location'),
    ...bodyOf(response),
    server: headerOf(headers, 'server'),
    headerNames: headerNamesOf(headers),
    fingerprints: fingerprintsOf(response, blockpagesOf),
    secure: isSecure(seen.request.url, key, handshakes),
    bytesPerSecond: rates.get(`${seen.transaction_id}|${key}`) ?? null,
  };
}

/** An HTTPS answer proves the name, unless the handshake it came over did not verify or nobody looked. */
function isSecure(url: string, place: string, handshakes: readonly Handshake[]): boolean {
  if (!/^https:/iu.test(url)) return false;
  const own = handshakes.filter((seen) => seen.place === place && seen.failure === null);
  return own.length === 0 || own.some((seen) => seen.verified);
}

/** Those that the probe noted, whose body is seldom kept, and those that the record itself shows. */
function fingerprintsOf(
  response: HttpTransaction['response'],
  blockpagesOf: Knowledge['blockpagesOf'],
): readonly string[] {
  if (response === null) return [];
  const noted = response.x_aiqyn_body_fingerprints ?? [];
  return [...new Set([...noted, ...blockpagesOf(response)])].sort();
}

const TITLE = /<title[^>]{0,200}>([^<]{0,500})/iu;

/** The title that a body names, as it stands there; empty where it names none. */
export function titleInBody(text: string): string {
  return TITLE.exec(text)?.[1]?.trim() ?? '';
}

function bodyOf(response: HttpTransaction['response']): Pick<Fetch, 'bodyBytes' | 'title'> {
  if (response === null) return { bodyBytes: null, title: null };
  const text = typeof response.body === 'string' ? response.body : '';
  const title = response.x_aiqyn_body_title ?? titleInBody(text);
  return { bodyBytes: bodyBytesOf(response), title: title === '' ? null : title };
}

function bodyBytesOf(response: NonNullable<HttpTransaction['response']>): number | null {
  if (response.body_is_truncated) return null;
  if (response.x_aiqyn_body_bytes !== undefined) return response.x_aiqyn_body_bytes;
  if (typeof response.body !== 'string') return Math.floor((response.body.data.length * 3) / 4);
  return response.body === '' ? null : utf8Bytes(response.body);
}

/** The length in bytes without a codec: two for U+0080…, three for U+0800…, and a surrogate pair's four as two twos. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x8_00 || (unit >= 0xd8_00 && unit <= 0xdf_ff) ? 1 : 2;
  }
  return bytes;
}

/** `ip` where the host is an address itself, else null. */
export function literalAddress(host: string): string | null {
  const bare = host.replace(/^\[|\]$/gu, '');
  return isAddress(bare) ? bare : null;
}
