/** The observations of one synthetic measurement, from the name to the page, as far as its fate lets it come. */
import { TAG_HARMLESS } from '../../probes/observations.ts';
import { PLATFORMS } from '../../probes/words.ts';
import type { Platform } from '../../probes/words.ts';
import { TRIES } from './fate.ts';
import type { Fate, Step } from './fate.ts';
import type { BlockMethod } from './scenario.ts';

export interface Scene {
  readonly fate: Fate;
  readonly platform: Platform;
  readonly host: string;
  readonly watch: Stopwatch;
  /** Certificates (DER, base64) by the interceptor's id. */
  readonly certificates: ReadonlyMap<string, string>;
  readonly steps: Steps;
}

export interface Steps {
  readonly queries: object[];
  readonly tcp_connect: object[];
  readonly tls_handshakes: object[];
  readonly requests: object[];
}

const TIMEOUT_SECONDS = 10;
export const BODY_BYTES = 1_200;
export const SITE_ASN = 32_934;
export const TIMEOUT = 'generic_timeout_error';
const OPERATOR_ASN = 9_198;
const RESET = 'connection_reset';
/** A policer drops the burst of certificates; TCP then waits out its timers (RFC 6298: 1 s, doubled). */
const POLICED_SECONDS = 3;
/** Above this rate a handshake fits through before a policer acts. */
const POLICED_KBPS_MAX = 1_000;

/** The window of one step within the measurement, in seconds. */
export class Stopwatch {
  #seconds = 0;
  readonly #latencyMs: readonly [number, number];
  readonly #random: () => number;

  constructor(latencyMs: readonly [number, number], random: () => number) {
    this.#latencyMs = latencyMs;
    this.#random = random;
  }

  /** 1 ≤ x < 2. */
  stretch(): number {
    return 1 + this.#random();
  }

  step(takesSeconds?: number): { t0: number; t: number } {
    const [minMs, maxMs] = this.#latencyMs;
    const t0 = this.#seconds;
    this.#seconds += takesSeconds ?? (minMs + (maxMs - minMs) * this.#random()) / 1_000;
    return { t0, t: this.#seconds };
  }
}

type ByMethod = Readonly<Partial<Record<BlockMethod, string>>>;

const DNS_FAILURES: ByMethod = { nxdomain: 'dns_nxdomain_error' };
const FORGED_ADDRESSES: ByMethod = { bogon: '127.0.0.1', injected_answer: '95.56.243.92' };
const TCP_FAILURES: ByMethod = {
  drop: TIMEOUT,
  reset: RESET,
  refused: 'connection_refused',
  bogon: 'connection_refused',
  injected_answer: TIMEOUT,
};
const TLS_FAILURES: ByMethod = { sni_drop: TIMEOUT, sni_reset: RESET, eof: 'eof_error' };

function forMethod(table: ByMethod, method: BlockMethod | null): string | null {
  return method === null ? null : (table[method] ?? null);
}

function isLost({ fate }: Scene, step: Step): boolean {
  return fate.lost.includes(step);
}

export function addressOf(platform: Platform): string {
  return `157.240.1.${PLATFORMS.indexOf(platform) + 10}`;
}

export function chainOf(host: string): string {
  return host.length.toString(16).padStart(64, '0');
}

export function urlOf(host: string, isPlain: boolean): string {
  return `${isPlain ? 'http' : 'https'}://${host}/`;
}

function answer(ip: string, asn: number): object {
  return { answer_type: 'A', ipv4: ip, asn, ttl: 60 };
}

/** Null where the name led nowhere, else the address. */
function lookUp(scene: Scene): string | null {
  const { platform, fate, host, watch, steps } = scene;
  const lost = fate.network !== 'online' || isLost(scene, 'dns');
  const failure = lost ? TIMEOUT : forMethod(DNS_FAILURES, fate.block);
  const ip = forMethod(FORGED_ADDRESSES, fate.block) ?? addressOf(platform);
  const asn = ip === addressOf(platform) ? SITE_ASN : OPERATOR_ASN;
  steps.queries.push({
    engine: 'getaddrinfo',
    hostname: host,
    query_type: 'A',
    resolver_address: '',
    failure,
    answers: failure === null ? [answer(ip, asn)] : [],
    ...watch.step(lost ? TIMEOUT_SECONDS : undefined),
  });
  return failure === null ? ip : null;
}

function connect(scene: Scene, ip: string, port: number): boolean {
  const { fate, watch, steps } = scene;
  const lost = fate.isDown || isLost(scene, 'tcp');
  const failure = lost ? TIMEOUT : forMethod(TCP_FAILURES, fate.block);
  const takes = failure === TIMEOUT ? TIMEOUT_SECONDS : undefined;
  const status = { success: failure === null, failure };
  steps.tcp_connect.push({ ip, port, status, ...watch.step(takes) });
  return failure === null;
}

function harmless(scene: Scene, ip: string): void {
  const failure = isLost(scene, 'harmless') ? TIMEOUT : null;
  scene.steps.tls_handshakes.push({
    address: `${ip}:443`,
    server_name: 'example.com',
    failure,
    no_tls_verify: true,
    tags: [TAG_HARMLESS],
    ...scene.watch.step(failure === null ? undefined : TIMEOUT_SECONDS),
  });
}

function tlsFailure(scene: Scene): string | null {
  if (isLost(scene, 'tls')) return TIMEOUT;
  if (scene.fate.forger !== undefined) return 'ssl_unknown_authority';
  return forMethod(TLS_FAILURES, scene.fate.block);
}

function handshake(scene: Scene, ip: string): boolean {
  const { fate, host, watch, steps } = scene;
  const failure = tlsFailure(scene);
  const isPoliced = fate.throttleKbps !== null && fate.throttleKbps <= POLICED_KBPS_MAX;
  const isForged = failure === 'ssl_unknown_authority';
  const slowSeconds = isPoliced ? POLICED_SECONDS * watch.stretch() : undefined;
  const seen = {
    address: `${ip}:443`,
    server_name: host,
    failure,
    tls_version: failure === null ? 'TLSv1.3' : '',
    ...chainShown(scene, isForged),
  };
  const tries = failure === null || isForged ? 1 : TRIES;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    steps.tls_handshakes.push({
      ...seen,
      ...watch.step(failure === TIMEOUT ? TIMEOUT_SECONDS : slowSeconds),
    });
  }
  if (failure !== null || isPoliced) harmless(scene, ip);
  return failure === null;
}

function chainShown({ certificates, fate, host }: Scene, isForged: boolean): object {
  if (!isForged) return { peer_certificates: [], x_aiqyn_chain_sha256: [chainOf(host)] };
  const data = certificates.get(fate.forger ?? '');
  return { peer_certificates: data === undefined ? [] : [{ format: 'base64', data }] };
}

function fetchPage(scene: Scene, ip: string, isBlockpage: boolean): void {
  const { platform, watch, steps } = scene;
  const isFailed = isLost(scene, 'page');
  const response = {
    code: 200,
    headers: { Server: 'synthetic' },
    body: '',
    x_aiqyn_body_bytes: isBlockpage ? 300 : BODY_BYTES,
    x_aiqyn_body_title: isBlockpage ? 'Access denied' : `${platform} front page`,
    x_aiqyn_body_fingerprints: isBlockpage ? ['synthetic-blockpage'] : [],
  };
  steps.requests.push({
    address: `${ip}:${isBlockpage ? 80 : 443}`,
    failure: isFailed ? TIMEOUT : null,
    request: { method: 'GET', url: urlOf(scene.host, isBlockpage), headers: {} },
    response: isFailed ? null : response,
    ...watch.step(isFailed ? TIMEOUT_SECONDS : undefined),
  });
}

/** From the name to the page, as far as fate lets it. A block page needs the plain web; certificates would show it. */
export function walk(scene: Scene): void {
  const isPlain = scene.fate.block === 'blockpage';
  const ip = lookUp(scene);
  if (ip === null || ip === FORGED_ADDRESSES.bogon) return;
  if (!connect(scene, ip, isPlain ? 80 : 443)) return;
  if (isPlain || handshake(scene, ip)) fetchPage(scene, ip, isPlain);
}
