/** What Globalping's probes told, as observations: of the probe in the country, and of the one abroad as the control. */
import { isIP } from 'node:net';
import { FAILURE } from '../../../probes/failure.ts';
import { formatEndpoint } from '../../../probes/net/socket-connection.ts';
import { Control } from '../../../probes/observations.ts';
import type { Comparison } from '../lender.ts';
import { keptHeaders, plainHash, testKeysOf } from '../keys.ts';
import type { HandshakeSeen, LookupSeen, RequestSeen, Seen } from '../keys.ts';
import type { DnsResult, HttpResult, PingResult, Tls } from './schema.ts';
import { certificateFailure, resolverFailure, toldBy } from './words.ts';
import type { Told } from './words.ts';

/** What the same probe told of the parts, once the whole had failed. */
export interface FollowUp {
  readonly dns: DnsResult | null;
  /** TCP connections to the port. */
  readonly tcp: PingResult | null;
}

export const NO_FOLLOW_UP: FollowUp = { dns: null, tcp: null };

/** Says nothing of the target: the probe had gone, or the lender's own machinery failed. */
export function isLendersFault(result: Pick<HttpResult, 'status' | 'failureSource'>): boolean {
  return (
    result.status === 'offline' || result.status === 'in-progress' || result.failureSource === 'internal'
  );
}

/** Whether the parts are worth asking for: the word alone does not say at which step it failed. */
export function isWorthAsking(result: HttpResult): boolean {
  if (result.status !== 'failed' || isLendersFault(result)) return false;
  return toldBy(result.rawOutput).step !== 'tcp';
}

/** Test keys of a web measurement of `url`. */
export function testKeysFrom(url: string, result: HttpResult, more: FollowUp): Record<string, unknown> {
  return testKeysOf(result.status === 'finished' ? answered(url, result) : failed(url, result, more));
}

const WORKED = { failure: null } as const;
const NOT_TIMED = { dns: null, tcp: null, tls: null, firstByte: null } as const;

function answered(url: string, result: HttpResult): Seen {
  const { resolvedAddress: address, tls } = result;
  const timings = result.timings ?? NOT_TIMED;
  const handshake = tls === null ? null : handshakeOf(tls, timings.tls);
  // A browser ends where the certificate does not verify; the probe goes on, which nobody else does.
  const isTrusted = (handshake?.failure ?? null) === null;
  return {
    url,
    address,
    ...(address === null ? {} : { lookup: { ...WORKED, addresses: [address], tookMs: timings.dns } }),
    connect: { ...WORKED, tookMs: timings.tcp },
    ...(handshake === null ? {} : { handshake }),
    ...(isTrusted ? { request: answerOf(result, timings.firstByte) } : {}),
  };
}

function answerOf({ statusCode: code, headers }: HttpResult, tookMs: number | null): RequestSeen {
  return { ...WORKED, method: 'HEAD', code, headers, tookMs };
}

function handshakeOf(tls: Tls, tookMs: number | null): HandshakeSeen {
  return {
    failure: tls.authorized ? null : certificateFailure(tls.error),
    chainSha256: [plainHash(tls.fingerprint256)],
    version: tls.protocol,
    cipher: tls.cipherName,
    tookMs,
  };
}

function failed(url: string, result: HttpResult, more: FollowUp): Seen {
  const told = toldBy(result.rawOutput);
  const lookup = lookupOf(told, more.dns);
  const address = told.endpoint?.address ?? result.resolvedAddress ?? lookup?.addresses[0] ?? null;
  return {
    url,
    address,
    ...(lookup === undefined ? {} : { lookup }),
    ...failedSteps(told, more),
  };
}

/** The lookup as the word tells it, or as the same probe's resolver answered it alone. */
function lookupOf(told: Told, dns: DnsResult | null): LookupSeen | undefined {
  const alone = dns === null ? undefined : lookupAlone(dns);
  if (told.step === 'dns') {
    // The lookup works now: then it was not the name that failed, and nothing is sure.
    return alone?.failure === null ? undefined : { addresses: [], failure: told.failure, tookMs: null };
  }
  if (told.endpoint !== null) return { addresses: [told.endpoint.address], failure: null, tookMs: null };
  return alone;
}

function lookupAlone(dns: DnsResult): LookupSeen | undefined {
  const addresses = dns.answers
    .filter(({ type, value }) => type === 'A' && isIP(value) === 4)
    .map(({ value }) => value);
  if (addresses.length > 0) return { addresses, failure: null, tookMs: null };
  if (isLendersFault(dns)) return undefined;
  const failure = resolverFailure(dns.statusCodeName);
  return failure === null ? undefined : { addresses: [], failure, tookMs: null };
}

const REQUEST = { method: 'HEAD', code: null, headers: {}, tookMs: null } as const;

function failedSteps(told: Told, { dns, tcp }: FollowUp): Omit<Seen, 'url' | 'address' | 'lookup'> {
  const { step, failure } = told;
  switch (step) {
    case 'dns':
      return dns !== null && lookupAlone(dns)?.failure === null ? unsure(failure) : {};
    case 'tcp':
      return { connect: { failure, tookMs: null } };
    case 'tls':
      return {
        connect: { failure: null, tookMs: null },
        handshake: { failure, chainSha256: [], version: '', cipher: '', tookMs: null },
      };
    case 'request':
      return requestStep(failure, tcp);
  }
}

function unsure(failure: string): Omit<Seen, 'url' | 'address' | 'lookup'> {
  return { request: { ...REQUEST, failure: `unknown_failure: lookup ${failure}` } };
}

/** Connections tried alone tell whether the silence begins before them. */
function requestStep(failure: string, tcp: PingResult | null): Omit<Seen, 'url' | 'address' | 'lookup'> {
  const request = { ...REQUEST, failure };
  const received = tcp?.status === 'finished' ? (tcp.stats?.rcv ?? null) : null;
  if (received === null) return { request };
  if (received > 0) return { connect: { failure: null, tookMs: null }, request };
  return failure === FAILURE.timeout ? { connect: { failure, tookMs: null } } : { request };
}

/** The probe abroad as the control. */
export function comparisonFrom(url: string, result: HttpResult | null): Comparison {
  if (result === null || isLendersFault(result)) return { control: null, failure: FAILURE.httpFailed };
  return result.status === 'failed' ? failedControl(result) : answeredControl(url, result);
}

function answeredControl(url: string, result: HttpResult): Comparison {
  const { resolvedAddress: address, tls } = result;
  const failure = tls === null || tls.authorized ? null : certificateFailure(tls.error);
  const control = {
    dns: { failure: null, addrs: address === null ? [] : [address] },
    ...(address === null ? {} : stepsAt(url, address, tls, failure)),
    http_request: requestOf(result, failure),
  };
  return { control: Control.parse(control), failure: null };
}

function stepsAt(url: string, address: string, tls: Tls | null, failure: string | null) {
  const { hostname, port } = new URL(url);
  const place = formatEndpoint(address, port === '' ? 443 : Number(port));
  const tcp_connect = { [place]: { status: true, failure: null } };
  if (tls === null) return { tcp_connect };
  const x_aiqyn_chain_sha256 = [plainHash(tls.fingerprint256)];
  const handshake = { server_name: hostname, status: failure === null, failure, x_aiqyn_chain_sha256 };
  return { tcp_connect, tls_handshake: { [place]: handshake } };
}

function requestOf(result: HttpResult, failure: string | null) {
  if (failure !== null) return { failure, status_code: -1 };
  return {
    failure: null,
    body_length: -1,
    title: '',
    headers: keptHeaders(result.headers),
    status_code: result.statusCode ?? -1,
  };
}

/** A control that could not reach it: the target may be down for everybody. */
function failedControl(result: HttpResult): Comparison {
  const { step, failure } = toldBy(result.rawOutput);
  // What nobody understands is no statement on the target.
  if (failure.startsWith('unknown_failure')) return { control: null, failure: FAILURE.httpFailed };
  const control = {
    dns: { failure: step === 'dns' ? failure : null, addrs: [] },
    tcp_connect: {},
    tls_handshake: {},
    http_request: { failure, status_code: -1 },
  };
  return { control: Control.parse(control), failure: null };
}
