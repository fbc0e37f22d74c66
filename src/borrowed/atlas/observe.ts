/** What RIPE Atlas' probes told, as observations: a lookup, a connection, a handshake; a page they do not fetch. */
import type { X509Certificate } from 'node:crypto';
import { FAILURE } from '../../../probes/failure.ts';
import { readReply } from '../../../probes/net/dns-message.ts';
import { failureOfAlert, unknownFailure } from '../../../probes/net/failure.ts';
import { formatEndpoint } from '../../../probes/net/socket-connection.ts';
import { Control } from '../../../probes/observations.ts';
import { plainHash, testKeysOf } from '../keys.ts';
import type { HandshakeSeen, LookupSeen, RequestSeen } from '../keys.ts';
import type { Comparison } from '../lender.ts';
import { chainFailure, readChain } from './chain.ts';
import type { CertRow, DnsRow, TraceRow } from './schema.ts';

export interface Rows {
  readonly dns: DnsRow | null;
  readonly cert: CertRow | null;
  readonly trace: TraceRow | null;
}

const HTTPS_PORT = 443;

/** Of several resolvers the first that answered with an address, as a program there would use it; undefined: nothing is sure. */
export function lookupOf(row: DnsRow | null, hostname: string): LookupSeen | undefined {
  if (row === null) return undefined;
  const tries = [{ result: row.result, error: row.error }, ...row.resultset].flatMap(
    (one) => readTry(one, hostname) ?? [],
  );
  return tries.find(({ failure }) => failure === null) ?? tries[0];
}

type DnsTry = Pick<DnsRow, 'result' | 'error'>;

function readTry({ result, error }: DnsTry, hostname: string): LookupSeen | null {
  if (result !== undefined) return readAnswer(result.abuf, result.rt, hostname);
  // Any other error is of the probe itself, such as a resolver that it does not have.
  const isTimeout = error !== undefined && 'timeout' in error;
  return isTimeout ? { addresses: [], failure: FAILURE.timeout, tookMs: null } : null;
}

const HEADER_BYTES = 12;

function readAnswer(abuf: string, rt: number | null, hostname: string): LookupSeen | null {
  const bytes = Buffer.from(abuf, 'base64');
  if (bytes.length < HEADER_BYTES) return null;
  const reply = readReply(bytes, { id: bytes.readUInt16BE(0), hostname, type: 'A' }, rt ?? 0);
  if (reply === null) return null;
  return { addresses: reply.addresses.map(({ address }) => address), failure: reply.failure, tookMs: rt };
}

interface Shaken {
  readonly connect?: { readonly failure: string | null; readonly tookMs: number | null };
  readonly handshake?: HandshakeSeen;
  readonly request?: RequestSeen;
}

function plain(failure: string, tookMs: number | null): HandshakeSeen {
  return { failure, chainSha256: [], version: '', cipher: '', tookMs };
}

/** Words that leave no doubt; with `ttc` the connection had been made, without it had not. */
function brokenOff(err: string, ttc: number | null): Shaken {
  const connected = { failure: null, tookMs: ttc };
  const failure = wordOf(err);
  if (failure !== null && ttc !== null && failure !== FAILURE.refused)
    return { connect: connected, handshake: plain(failure, null) };
  if (failure !== null && /^connect\b/i.test(err)) return { connect: { failure, tookMs: null } };
  return { request: { failure: unknownFailure(err), method: 'GET', code: null, headers: {}, tookMs: null } };
}

function wordOf(err: string): string | null {
  if (/connection refused/i.test(err)) return FAILURE.refused;
  if (/connection reset by peer/i.test(err)) return FAILURE.reset;
  return /time(?:d )?out/i.test(err) ? FAILURE.timeout : null;
}

function shaken(row: CertRow, hostname: string, roots: readonly X509Certificate[]): Shaken {
  const connect = { failure: null, tookMs: row.ttc };
  if (row.alert !== null) return { connect, handshake: plain(failureOfAlert(row.alert.description), null) };
  if (row.err !== null) return brokenOff(row.err, row.ttc);
  const chain = readChain(row.cert);
  if (chain === null || chain.length === 0) return {};
  const tookMs = row.rt === null || row.ttc === null ? row.rt : Math.max(0, row.rt - row.ttc);
  const handshake: HandshakeSeen = {
    failure: chainFailure(chain, hostname, row.timestamp * 1_000, roots),
    chainSha256: chain.map(({ fingerprint256 }) => plainHash(fingerprint256)),
    version: row.ver === '' ? '' : `TLSv${row.ver}`,
    cipher: '',
    tookMs,
  };
  return { connect, handshake };
}

/** Test keys of a web measurement of `url`. @param roots trusted besides Mozilla's. */
export function testKeysFrom(
  url: string,
  rows: Rows,
  roots: readonly X509Certificate[] = [],
): Record<string, unknown> {
  const { hostname } = new URL(url);
  const lookup = lookupOf(rows.dns, hostname);
  const address = rows.cert?.dst_addr ?? lookup?.addresses[0] ?? null;
  return {
    ...testKeysOf({
      url,
      address,
      ...(lookup === undefined ? {} : { lookup: ledTo(lookup, address) }),
      ...(rows.cert === null ? {} : shaken(rows.cert, hostname, roots)),
    }),
    ...(rows.trace === null ? {} : { x_aiqyn_path: pathOf(rows.trace) }),
  };
}

/** The handshake's own lookup is the one that led there; another resolver of the probe may have said something else. */
function ledTo(lookup: LookupSeen, address: string | null): LookupSeen {
  if (address === null || lookup.failure !== null) return lookup;
  return { ...lookup, addresses: [...new Set([address, ...lookup.addresses])] };
}

/** How far packets came, without any address on the way: the first of them are the probe's own. */
export function pathOf({ result, dst_addr: target }: TraceRow): {
  readonly hops: number;
  readonly lastAnswering: number;
  readonly isReached: boolean;
} {
  const hops = result.flatMap((hop) => ('hop' in hop ? [hop] : []));
  const answering = hops.filter((hop) => hop.result.some(({ from }) => from !== undefined));
  return {
    hops: hops.length,
    lastAnswering: Math.max(0, ...answering.map(({ hop }) => hop)),
    isReached: hops.some((hop) => hop.result.some(({ from }) => from !== undefined && from === target)),
  };
}

/** The same from abroad. A chain that we cannot prove there either proves nothing against anyone. */
export function comparisonFrom(
  url: string,
  { dns, cert }: Pick<Rows, 'dns' | 'cert'>,
  roots: readonly X509Certificate[] = [],
): Comparison {
  const { hostname } = new URL(url);
  const address = cert?.dst_addr ?? null;
  const handshake = cert === null ? undefined : shaken(cert, hostname, roots).handshake;
  if (handshake === undefined || address === null || isUnproven(handshake))
    return { control: null, failure: FAILURE.httpFailed };
  const { failure, chainSha256 } = handshake;
  const place = formatEndpoint(address, HTTPS_PORT);
  const addrs = [...new Set([address, ...(lookupOf(dns, hostname)?.addresses ?? [])])];
  const control = {
    dns: { failure: null, addrs },
    tcp_connect: { [place]: { status: true, failure: null } },
    tls_handshake: {
      [place]: {
        server_name: hostname,
        status: failure === null,
        failure,
        x_aiqyn_chain_sha256: chainSha256,
      },
    },
    http_request: null,
  };
  return { control: Control.parse(control), failure: null };
}

function isUnproven({ failure }: HandshakeSeen): boolean {
  return failure?.startsWith('ssl_') === true;
}
