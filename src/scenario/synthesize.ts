/**
 * Measurements of a world that does not exist, in the format of those that do: OONI's observations with control, paired
 * harmless handshake and retries inside the measurement. The judge cannot tell them from a probe's.
 *
 * `fraction` is drawn once per measurement: a censor that picks flows by address and port picks the retry as well.
 */
import { CONTROL_SOURCES } from '../../probes/measurement.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../probes/observations.ts';
import { PLATFORMS } from '../../probes/words.ts';
import type { Connectivity, Platform } from '../../probes/words.ts';
import type { BlockMethod } from './scenario.ts';
import type { Conditions, PlatformConditions, ScenarioVantage } from './world.ts';

export interface SynthesisInput {
  readonly id: string;
  readonly atMs: number;
  readonly retest: number;
  readonly vantage: ScenarioVantage;
  readonly platform: Platform;
  readonly conditions: Conditions;
  readonly latencyMs: readonly [number, number];
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Certificates (DER, base64) by the interceptor's id. */
  readonly certificates: ReadonlyMap<string, string>;
}

const TRIES = 2;
const TIMEOUT_SECONDS = 10;
const BODY_BYTES = 1_200;
const CONTROL_LIVE = CONTROL_SOURCES[0];
const CONTROL_NONE = CONTROL_SOURCES[2];
const SITE_ASN = 32_934;
const TIMEOUT = 'generic_timeout_error';
const RESET = 'connection_reset';
/** A policer drops the burst of certificates; TCP then waits out its timers (RFC 6298: 1 s, doubled). */
const POLICED_SECONDS = 3;
/** Above this rate a handshake fits through before a policer acts. */
const POLICED_KBPS_MAX = 1_000;

/** What the path does to this one measurement. */
interface Fate {
  readonly block: BlockMethod | null;
  readonly throttleKbps: number | null;
  /** Undefined: nobody; null: a forger that the catalogue does not know. */
  readonly forger: string | null | undefined;
  readonly isDown: boolean;
  readonly isOffline: boolean;
}

interface Steps {
  readonly queries: object[];
  readonly tcp_connect: object[];
  readonly tls_handshakes: object[];
  readonly requests: object[];
}

function drawFate(
  conditions: Conditions,
  platform: PlatformConditions | undefined,
  random: () => number,
): Fate {
  const draw = random();
  function pick<T>(share: { what: T; fraction: number } | null | undefined): T | undefined {
    return share != null && draw < share.fraction ? share.what : undefined;
  }
  return {
    block: pick(platform?.block) ?? null,
    throttleKbps: pick(platform?.throttle) ?? null,
    forger: pick(platform?.intercept),
    isDown: platform?.isDown ?? false,
    isOffline: conditions.network !== 'online',
  };
}

/** Whether one step is lost although it is tried again. */
function isLost(conditions: Conditions, random: () => number): boolean {
  const loss = conditions.lossPercent / 100;
  for (let attempt = 0; attempt < TRIES; attempt += 1) if (random() >= loss) return false;
  return true;
}

function addressOf(platform: Platform): string {
  return `157.240.1.${PLATFORMS.indexOf(platform) + 10}`;
}

/** The window of one step within the measurement. */
class Stopwatch {
  #seconds = 0;
  readonly #latencyMs: readonly [number, number];
  readonly #random: () => number;

  constructor(latencyMs: readonly [number, number], random: () => number) {
    this.#latencyMs = latencyMs;
    this.#random = random;
  }

  step(takesSeconds?: number): { t0: number; t: number } {
    const [minMs, maxMs] = this.#latencyMs;
    const t0 = this.#seconds;
    this.#seconds += takesSeconds ?? (minMs + (maxMs - minMs) * this.#random()) / 1_000;
    return { t0, t: this.#seconds };
  }
}

interface Scene {
  readonly input: SynthesisInput;
  readonly fate: Fate;
  readonly host: string;
  readonly watch: Stopwatch;
  readonly steps: Steps;
}

const DNS_FAILURES: Readonly<Partial<Record<BlockMethod, string>>> = { nxdomain: 'dns_nxdomain_error' };
const FORGED_ADDRESSES: Readonly<Partial<Record<BlockMethod, string>>> = {
  bogon: '127.0.0.1',
  injected_answer: '95.56.243.92',
};

function answer(ip: string, asn: number): object {
  return { answer_type: 'A', ipv4: ip, asn, ttl: 60 };
}

type ByMethod = Readonly<Partial<Record<BlockMethod, string>>>;

function forMethod(table: ByMethod, method: BlockMethod | null): string | null {
  return method === null ? null : (table[method] ?? null);
}

/** Null where the name led nowhere, else the address. */
function lookUp(scene: Scene): string | null {
  const { input, fate, host, watch, steps } = scene;
  const lost = fate.isOffline || isLost(input.conditions, input.random);
  const failure = lost ? TIMEOUT : forMethod(DNS_FAILURES, fate.block);
  const ip = forMethod(FORGED_ADDRESSES, fate.block) ?? addressOf(input.platform);
  const asn = ip === addressOf(input.platform) ? SITE_ASN : 9_198;
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

const TCP_FAILURES: Readonly<Partial<Record<BlockMethod, string>>> = {
  drop: TIMEOUT,
  reset: RESET,
  refused: 'connection_refused',
  bogon: 'connection_refused',
  injected_answer: TIMEOUT,
};

function connect(scene: Scene, ip: string, port: number): boolean {
  const { input, fate, watch, steps } = scene;
  const lost = fate.isDown || isLost(input.conditions, input.random);
  const failure = lost ? TIMEOUT : forMethod(TCP_FAILURES, fate.block);
  const takes = failure === TIMEOUT ? TIMEOUT_SECONDS : undefined;
  const status = { success: failure === null, failure };
  steps.tcp_connect.push({ ip, port, status, ...watch.step(takes) });
  return failure === null;
}

const TLS_FAILURES: Readonly<Partial<Record<BlockMethod, string>>> = { sni_drop: TIMEOUT, sni_reset: RESET };

function harmless(scene: Scene, ip: string): void {
  const { input, watch, steps } = scene;
  const failure = isLost(input.conditions, input.random) ? TIMEOUT : null;
  steps.tls_handshakes.push({
    address: `${ip}:443`,
    server_name: 'example.com',
    failure,
    no_tls_verify: true,
    tags: [TAG_HARMLESS],
    ...watch.step(failure === null ? undefined : TIMEOUT_SECONDS),
  });
}

function tlsFailure(scene: Scene): string | null {
  const { input, fate } = scene;
  if (isLost(input.conditions, input.random)) return TIMEOUT;
  if (fate.forger !== undefined) return 'ssl_unknown_authority';
  return forMethod(TLS_FAILURES, fate.block);
}

function handshake(scene: Scene, ip: string): boolean {
  const { input, fate, host, watch, steps } = scene;
  const failure = tlsFailure(scene);
  const isPoliced = fate.throttleKbps !== null && fate.throttleKbps <= POLICED_KBPS_MAX;
  const isForged = failure === 'ssl_unknown_authority';
  const slowSeconds = isPoliced ? POLICED_SECONDS * (1 + input.random()) : undefined;
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

function chainShown({ input, fate, host }: Scene, isForged: boolean): object {
  if (!isForged) return { peer_certificates: [], x_aiqyn_chain_sha256: [chainOf(host)] };
  const data = input.certificates.get(fate.forger ?? '');
  return { peer_certificates: data === undefined ? [] : [{ format: 'base64', data }] };
}

function chainOf(host: string): string {
  return host.length.toString(16).padStart(64, '0');
}

function fetchPage(scene: Scene, ip: string, isBlockpage: boolean): void {
  const { input, watch, steps } = scene;
  const isFailed = isLost(input.conditions, input.random);
  const response = {
    code: 200,
    headers: { Server: 'synthetic' },
    body: '',
    x_aiqyn_body_bytes: isBlockpage ? 300 : BODY_BYTES,
    x_aiqyn_body_title: isBlockpage ? 'Access denied' : `${input.platform} front page`,
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

function urlOf(host: string, isPlain: boolean): string {
  return `${isPlain ? 'http' : 'https'}://${host}/`;
}

/** From the name to the page, as far as fate lets it. A block page needs the plain web; certificates would show it. */
function walk(scene: Scene): void {
  const isPlain = scene.fate.block === 'blockpage';
  const ip = lookUp(scene);
  if (ip === null || ip === FORGED_ADDRESSES.bogon) return;
  if (!connect(scene, ip, isPlain ? 80 : 443)) return;
  if (isPlain || handshake(scene, ip)) fetchPage(scene, ip, isPlain);
}

function controlOf(host: string, input: SynthesisInput, fate: Fate): object {
  if (!input.conditions.isControlUp) {
    return { control: null, control_failure: TIMEOUT, x_aiqyn_control_source: CONTROL_NONE };
  }
  const ip = addressOf(input.platform);
  const isPlain = fate.block === 'blockpage';
  const port = isPlain ? 80 : 443;
  const tls = { status: true, failure: null, x_aiqyn_chain_sha256: [chainOf(host)] };
  const page = {
    body_length: BODY_BYTES,
    title: `${input.platform} front page`,
    status_code: 200,
    headers: {},
  };
  const failed = { body_length: -1, title: '', status_code: -1, failure: TIMEOUT, headers: {} };
  return {
    control: {
      dns: { failure: null, addrs: [ip] },
      tcp_connect: { [`${ip}:${port}`]: { status: !fate.isDown, failure: fate.isDown ? TIMEOUT : null } },
      tls_handshake: fate.isDown || isPlain ? {} : { [`${ip}:443`]: tls },
      http_request: fate.isDown ? failed : { ...page, failure: null },
      ip_info: { [ip]: { asn: SITE_ASN } },
    },
    control_failure: null,
    x_aiqyn_control_source: CONTROL_LIVE,
  };
}

/** The word that the vantage's rings say in these conditions. */
export function connectivityIn(conditions: Conditions): Connectivity {
  return conditions.network;
}

/** One run of the `web` probe in this world. The same input with the same random source gives the same measurement. */
export function synthesize(input: SynthesisInput): OwnMeasurement {
  const { vantage, platform, conditions, random } = input;
  const host = `www.${platform}.example`;
  const fate = drawFate(conditions, conditions.platforms[platform], random);
  const watch = new Stopwatch(input.latencyMs, random);
  const steps: Steps = { queries: [], tcp_connect: [], tls_handshakes: [], requests: [] };
  walk({ input, fate, host, watch, steps });
  const startedAt = new Date(input.atMs).toISOString().replace('T', ' ').slice(0, 19);
  return {
    data_format_version: '0.2.0',
    input: urlOf(host, fate.block === 'blockpage'),
    measurement_start_time: startedAt,
    test_start_time: startedAt,
    probe_asn: vantage.operator,
    probe_cc: 'KZ',
    probe_ip: '127.0.0.1',
    report_id: '',
    software_name: 'aiqyn',
    software_version: 'replay',
    test_name: 'web_connectivity',
    test_version: '1',
    test_runtime: watch.step(0).t,
    test_helpers: {},
    test_keys: { ...steps, network_events: [], ...controlOf(host, input, fate) },
    x_aiqyn_id: input.id,
    x_aiqyn_started_at_ms: input.atMs,
    x_aiqyn_vantage: { ...vantage },
    x_aiqyn_target: { id: `${platform}-replay`, platform, probe: 'web', depth: 'full' },
    x_aiqyn_retest: input.retest,
    x_aiqyn_connectivity: connectivityIn(conditions),
  };
}
