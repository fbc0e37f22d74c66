/** Builders for what the store keeps; each names only what its test is about. */
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../../src/analysis/detect/point.ts';
import type { OutsideOutage, OutsidePoint } from '../../src/analysis/outside/point.ts';
import type { AiqynEvent } from '../../src/events/event.ts';

/** 2026-03-01T00:00:00Z: an hour, a day and a bucket begin here. */
export const T0_MS = Date.UTC(2026, 2, 1);
export const MINUTE_MS = 60_000;

/** A UUIDv7 of the instant; `n` tells apart those of one millisecond and orders them. */
export function idAt(atMs: number, n = 0): string {
  const time = atMs.toString(16).padStart(12, '0');
  const low = n.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${low}`;
}

export function aPoint(changes: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  const atMs = changes.atMs ?? T0_MS;
  return {
    id: idAt(atMs),
    atMs,
    vantage: 'ala-kcell',
    operator: 'AS29355',
    place: 'almaty',
    access: 'mobile',
    platform: 'youtube',
    target: 'youtube-www',
    probe: 'web',
    retest: 0,
    status: 'ok',
    layer: null,
    method: null,
    failure: null,
    confidence: 1,
    score: 0,
    reasons: [],
    dnsMs: null,
    tcpMs: null,
    tlsMs: null,
    ttfbMs: null,
    totalMs: null,
    bytesPerSecond: null,
    ...changes,
  };
}

export function aBlockedPoint(changes: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return aPoint({
    status: 'blocked',
    layer: 'tls',
    method: 'sni_drop',
    failure: 'generic_timeout_error',
    confidence: 0.9,
    score: 1,
    reasons: ['The handshake stayed silent after its ClientHello.'],
    ...changes,
  });
}

export function aHeartbeat(changes: Partial<Heartbeat> = {}): Heartbeat {
  const atMs = changes.atMs ?? T0_MS;
  return {
    atMs,
    vantage: 'ala-kcell',
    operator: 'AS29355',
    place: 'almaty',
    access: 'mobile',
    connectivity: 'online',
    receivedAtMs: atMs,
    spoolDepth: 0,
    clockOffsetMs: 0,
    ...changes,
  };
}

export function aSweep(changes: Partial<SweepPoint> = {}): SweepPoint {
  return {
    atMs: T0_MS,
    operator: 'AS29355',
    place: 'unknown',
    upRatio: 1,
    probed: 64,
    answered: 60,
    rttMs: 80,
    ...changes,
  };
}

export function anIncident(changes: Partial<Incident> = {}): Incident {
  const startMs = changes.startMs ?? T0_MS;
  return {
    id: 'incident-1',
    kind: 'platform_block',
    status: 'open',
    platforms: ['youtube'],
    operators: ['AS29355'],
    places: ['almaty'],
    access: 'mobile',
    vantageIds: ['ala-kcell'],
    startMs,
    endMs: null,
    detectedAtMs: startMs + MINUTE_MS,
    confidence: 0.9,
    method: 'sni_drop',
    openings: [],
    members: [
      {
        vantage: 'ala-kcell',
        operator: 'AS29355',
        place: 'almaty',
        access: 'mobile',
        platform: 'youtube',
        startMs,
        endMs: null,
        method: 'sni_drop',
        reasons: ['The handshake stayed silent after its ClientHello.'],
      },
    ],
    reasons: ['Two re-tests failed alike.'],
    ...changes,
  };
}

export function anOutsidePoint(changes: Partial<OutsidePoint> = {}): OutsidePoint {
  return {
    source: 'ioda',
    signal: 'bgp',
    entity: 'KZ',
    atMs: T0_MS,
    value: 1_042,
    baseline: null,
    ...changes,
  };
}

export function anOutage(changes: Partial<OutsideOutage> = {}): OutsideOutage {
  return {
    id: 'ioda:1',
    source: 'ioda',
    signal: 'bgp',
    entity: 'AS9198',
    startMs: T0_MS,
    endMs: T0_MS + 60 * MINUTE_MS,
    cause: null,
    score: 12.5,
    url: null,
    ...changes,
  };
}

export function anEvent(changes: Partial<AiqynEvent> = {}): AiqynEvent {
  return {
    id: 'event-1',
    kind: 'rally',
    title: 'A rally',
    startMs: T0_MS,
    endMs: T0_MS + 60 * MINUTE_MS,
    precision: 'hour',
    places: ['almaty'],
    platforms: [],
    actors: [],
    sources: [],
    ...changes,
  };
}

/** Many points, made one batch at a time so that no test holds them all: `count` cells of ten vantages × twenty targets, one a second. */
export function* manyPoints(count: number, batchSize: number): Generator<ReachabilityPoint[]> {
  for (let start = 0; start < count; start += batchSize) {
    const length = Math.min(batchSize, count - start);
    yield Array.from({ length }, (_, offset) => {
      const n = start + offset;
      const atMs = T0_MS + n * 1_000;
      return aPoint({
        id: idAt(atMs, n),
        atMs,
        vantage: `vantage-${n % 10}`,
        target: `target-${Math.floor(n / 10) % 20}`,
        totalMs: n % 500,
        reasons: ['Every step worked.'],
      });
    });
  }
}
