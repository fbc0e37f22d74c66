/** Rows of a web measurement, as borrowed probes' results fill them: observations in OONI's shapes, no more than was told. */
import { isIP } from 'node:net';
import { formatEndpoint } from '../../probes/net/socket-connection.ts';
import { scrubAddresses } from '../../probes/scrub.ts';

/** Of an answer's headers these are kept: others may tell the probe's own address back, or set a cookie. */
const HEADERS_KEPT: ReadonlySet<string> = new Set([
  'server',
  'location',
  'content-type',
  'content-length',
  'strict-transport-security',
]);
const HEADER_LENGTH_MAX = 1_000;

interface Step {
  /** Milliseconds that the step took; null where that was not told. */
  readonly tookMs: number | null;
  readonly failure: string | null;
}

export interface LookupSeen extends Step {
  readonly addresses: readonly string[];
}

export interface HandshakeSeen extends Step {
  /** SHA-256 (hex, lower case) of each certificate shown, leaf first. */
  readonly chainSha256: readonly string[];
  readonly version: string;
  readonly cipher: string;
}

export interface RequestSeen extends Step {
  readonly method: 'GET' | 'HEAD';
  /** Null where no status line came. */
  readonly code: number | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** What was told of each step; absent: nothing. */
export interface Seen {
  readonly url: string;
  readonly lookup?: LookupSeen;
  /** The server's address that the steps after the lookup went to; null where it is not told. */
  readonly address: string | null;
  readonly connect?: Step;
  readonly handshake?: HandshakeSeen;
  readonly request?: RequestSeen;
}

/** A clock that the steps are laid along one after the other, in seconds since the start. */
class Timeline {
  #atMs = 0;

  step(tookMs: number | null): { readonly t0: number | null; readonly t: number | null } {
    if (tookMs === null || tookMs < 0) return { t0: null, t: null };
    const t0 = this.#atMs / 1_000;
    this.#atMs += tookMs;
    return { t0, t: this.#atMs / 1_000 };
  }
}

/** `AS9198` out of 9198. */
export function asnText(asn: number): string {
  return `AS${asn}`;
}

/** A fingerprint as it is written with colons and capitals, as the catalogue writes hashes. */
export function plainHash(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

/** The test keys of a web measurement without its control. */
export function testKeysOf(seen: Seen): Record<string, unknown> {
  const url = new URL(seen.url);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const address = seen.address === null ? '' : formatEndpoint(seen.address, port);
  const time = new Timeline();
  return {
    queries: seen.lookup === undefined ? [] : [queryRow(url.hostname, seen.lookup, time)],
    tcp_connect: connectRows(seen, port, time),
    tls_handshakes: handshakeRows(seen, url.hostname, address, time),
    requests: requestRows(seen, address, time),
  };
}

function queryRow(hostname: string, { addresses, failure, tookMs }: LookupSeen, time: Timeline) {
  return {
    hostname,
    query_type: addresses.some((address) => isIP(address) === 6) ? 'AAAA' : 'A',
    // The probe's own resolver, as for every program there; whose it is, is not told.
    engine: 'getaddrinfo',
    resolver_address: '',
    failure,
    answers: addresses.map((address) =>
      isIP(address) === 6 ? { answer_type: 'AAAA', ipv6: address } : { answer_type: 'A', ipv4: address },
    ),
    ...time.step(tookMs),
  };
}

function connectRows({ address, connect }: Seen, port: number, time: Timeline) {
  if (connect === undefined || address === null) return [];
  const { failure, tookMs } = connect;
  return [{ ip: address, port, status: { failure, success: failure === null }, ...time.step(tookMs) }];
}

function handshakeRows({ handshake }: Seen, hostname: string, address: string, time: Timeline) {
  if (handshake === undefined) return [];
  const { failure, chainSha256, version, cipher, tookMs } = handshake;
  return [
    {
      network: 'tcp',
      address,
      server_name: hostname,
      failure,
      tls_version: version,
      cipher_suite: cipher,
      no_tls_verify: false,
      peer_certificates: [],
      ...(chainSha256.length === 0 ? {} : { x_aiqyn_chain_sha256: chainSha256 }),
      ...time.step(tookMs),
    },
  ];
}

function requestRows({ request, url }: Seen, address: string, time: Timeline) {
  if (request === undefined) return [];
  const { method, failure, code, headers, tookMs } = request;
  const response =
    code === null ? null : { code, headers: keptHeaders(headers), body: '', body_is_truncated: true };
  return [{ address, failure, request: { method, url, headers: {} }, response, ...time.step(tookMs) }];
}

/** Without addresses, in whatever spelling: a site may tell a visitor's own. */
export function keptHeaders(headers: RequestSeen['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = typeof value === 'string' ? value : value[0];
    if (first === undefined || !HEADERS_KEPT.has(name.toLowerCase())) continue;
    kept[name.toLowerCase()] = scrubAddresses(first.slice(0, HEADER_LENGTH_MAX));
  }
  return kept;
}
