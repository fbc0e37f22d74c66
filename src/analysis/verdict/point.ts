/** A verdict with its tags and timings: one row of the series `reachability`. */
import { QuicTestKeys, readWebTestKeys } from '../../../probes/measurement.ts';
import type { OwnMeasurement, WebTestKeys } from '../../../probes/measurement.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../../../probes/observations.ts';
import type { ReachabilityPoint } from '../detect/point.ts';
import type { Verdict } from './verdict.ts';

type Timings = Pick<ReachabilityPoint, 'dnsMs' | 'tcpMs' | 'tlsMs' | 'ttfbMs' | 'totalMs' | 'bytesPerSecond'>;

/**
 * Timings are in ms, each the fastest successful step of its kind (null where none succeeded): what the network can
 * do, not what its worst address does. `totalMs` spans all observations. `bytesPerSecond` is of the largest whole body.
 */
export function toPoint(measurement: OwnMeasurement, verdict: Verdict): ReachabilityPoint {
  const vantage = measurement.x_aiqyn_vantage;
  const target = measurement.x_aiqyn_target;
  return {
    id: measurement.x_aiqyn_id,
    atMs: measurement.x_aiqyn_started_at_ms,
    vantage: vantage.id,
    operator: vantage.operator,
    place: vantage.place,
    access: vantage.access,
    platform: target.platform,
    target: target.id,
    probe: target.probe,
    retest: measurement.x_aiqyn_retest ?? 0,
    status: verdict.status,
    layer: verdict.layer,
    method: verdict.method,
    failure: verdict.failure,
    confidence: verdict.confidence,
    score: verdict.score,
    reasons: verdict.reasons,
    ...timingsOf(measurement),
  };
}

interface Span {
  readonly t0: number | null;
  readonly t: number | null;
}

const NOTHING: Timings = {
  dnsMs: null,
  tcpMs: null,
  tlsMs: null,
  ttfbMs: null,
  totalMs: null,
  bytesPerSecond: null,
};

function timingsOf(measurement: OwnMeasurement): Timings {
  const { probe } = measurement.x_aiqyn_target;
  const keys = probe === 'rings' ? null : readWebTestKeys(measurement.test_keys);
  if (keys === null) return NOTHING;
  const { queries, tcp_connect, tls_handshakes, requests } = keys;
  // QUIC shakes hands with TLS, too; what was tried over TCP is its comparison.
  const shaken = probe === 'quic' ? QuicTestKeys.safeParse(keys).data?.quic_handshakes : tls_handshakes;
  const handshakes = (shaken ?? []).filter((seen) => isTargets(seen.tags));
  const answered = requests.filter(
    (seen) => seen.failure === null && seen.response !== null && isTargets(seen.tags),
  );
  return {
    dnsMs: fastestMs(queries.filter((seen) => seen.failure === null)),
    tcpMs: fastestMs(tcp_connect.filter((seen) => seen.status.success)),
    tlsMs: fastestMs(handshakes.filter((seen) => seen.failure === null)),
    ttfbMs: firstByteMs(answered, keys),
    totalMs: totalMs([...queries, ...tcp_connect, ...handshakes, ...requests]),
    bytesPerSecond: bytesPerSecond(answered),
  };
}

/** Not a comparison's, under a harmless name or with a paired page. */
function isTargets(tags: readonly string[]): boolean {
  return !tags.includes(TAG_HARMLESS) && !tags.includes(TAG_PAIRED);
}

/** Not spread into a call: a file of others may hold more observations than a call takes arguments. */
function least(numbers: readonly number[]): number {
  return numbers.reduce((least, each) => Math.min(least, each), Infinity);
}

function greatest(numbers: readonly number[]): number {
  return numbers.reduce((greatest, each) => Math.max(greatest, each), -Infinity);
}

function secondsOf({ t0, t }: Span): number | null {
  return t0 === null || t === null || t < t0 ? null : t - t0;
}

function fastestMs(spans: readonly Span[]): number | null {
  const seconds = spans.map(secondsOf).filter((each) => each !== null);
  return seconds.length === 0 ? null : least(seconds) * 1_000;
}

function totalMs(spans: readonly Span[]): number | null {
  const ends = spans.map((span) => span.t).filter((each) => each !== null);
  const starts = spans.map((span) => span.t0).filter((each) => each !== null);
  return ends.length === 0 ? null : Math.max(0, (greatest(ends) - least([0, ...starts])) * 1_000);
}

type Request = WebTestKeys['requests'][number];

/** From the request's start to the first sample of what came back on its connection; where none was kept, to its end. */
function firstByteMs(answered: readonly Request[], keys: WebTestKeys): number | null {
  const waits = answered.map((request) => {
    const { t0 } = request;
    if (t0 === null) return null;
    const arrivals = keys.network_events
      .filter((event) => event.transaction_id === request.transaction_id && event.operation === 'read')
      .map((event) => event.t)
      .filter((t) => t !== null && t >= t0)
      .filter((t) => t !== null);
    return arrivals.length > 0 ? least(arrivals) - t0 : secondsOf(request);
  });
  const known = waits.filter((wait) => wait !== null);
  return known.length === 0 ? null : least(known) * 1_000;
}

/** A page too small to fill a connection says nothing of its speed. */
const RATE_BYTES_MIN = 16_384;

function bytesPerSecond(answered: readonly Request[]): number | null {
  let largest = 0;
  let rate: number | null = null;
  for (const request of answered) {
    const bytes = request.response?.x_aiqyn_body_bytes ?? 0;
    const seconds = secondsOf(request) ?? 0;
    if (bytes < RATE_BYTES_MIN || bytes <= largest || seconds <= 0) continue;
    largest = bytes;
    rate = bytes / seconds;
  }
  return rate;
}
