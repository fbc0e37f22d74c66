/** Between what the port speaks of and what DuckDB's rows hold. What is read back is checked: the file may be older or touched by others. */
import { z } from 'zod';
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../../analysis/detect/point.ts';
import type { OutsideOutage, OutsidePoint } from '../../analysis/outside/point.ts';
import { LAYERS, METHODS, STATUSES } from '../../analysis/verdict/verdict.ts';
import { AiqynEvent } from '../../events/event.ts';
import { StoredOutage } from '../stored-outage.ts';
import { StoredIncident } from '../stored-incident.ts';
import type { Row } from './writes.ts';

const MaybeNumber = z.number().nullable();
const Json = z.string().transform((text): unknown => JSON.parse(text));
const Sentences = Json.pipe(z.array(z.string()));

const PointRow = z.object({
  id: z.string(),
  at_ms: z.number(),
  vantage: z.string(),
  operator: z.string(),
  place: z.string(),
  access: z.string(),
  platform: z.string(),
  target: z.string(),
  probe: z.string(),
  retest: z.number(),
  status: z.enum(STATUSES),
  layer: z.enum(LAYERS).nullable(),
  method: z.enum(METHODS).nullable(),
  failure: z.string().nullable(),
  confidence: z.number(),
  score: z.number(),
  reasons: Sentences,
  dns_ms: MaybeNumber,
  tcp_ms: MaybeNumber,
  tls_ms: MaybeNumber,
  ttfb_ms: MaybeNumber,
  total_ms: MaybeNumber,
  bytes_per_s: MaybeNumber,
});

/** In the order of schema.ts's REACHABILITY. */
export function rowOfPoint(point: ReachabilityPoint): Row {
  return [
    point.id,
    point.atMs,
    point.vantage,
    point.operator,
    point.place,
    point.access,
    point.platform,
    point.target,
    point.probe,
    point.retest,
    point.status,
    point.layer,
    point.method,
    point.failure,
    point.confidence,
    point.score,
    JSON.stringify(point.reasons),
    point.dnsMs,
    point.tcpMs,
    point.tlsMs,
    point.ttfbMs,
    point.totalMs,
    point.bytesPerSecond,
  ];
}

export function pointOfRow(row: unknown): ReachabilityPoint {
  const read = PointRow.parse(row);
  return {
    id: read.id,
    atMs: read.at_ms,
    vantage: read.vantage,
    operator: read.operator,
    place: read.place,
    access: read.access,
    platform: read.platform,
    target: read.target,
    probe: read.probe,
    retest: read.retest,
    status: read.status,
    layer: read.layer,
    method: read.method,
    failure: read.failure,
    confidence: read.confidence,
    score: read.score,
    reasons: read.reasons,
    dnsMs: read.dns_ms,
    tcpMs: read.tcp_ms,
    tlsMs: read.tls_ms,
    ttfbMs: read.ttfb_ms,
    totalMs: read.total_ms,
    bytesPerSecond: read.bytes_per_s,
  };
}

const HeartbeatRow = z.object({
  at_ms: z.number(),
  vantage: z.string(),
  operator: z.string(),
  place: z.string(),
  access: z.string(),
  connectivity: z.string(),
  received_at_ms: z.number(),
  spool_depth: z.number(),
  clock_offset_ms: z.number(),
});

/** In the order of schema.ts's HEARTBEAT. */
export function rowOfHeartbeat(beat: Heartbeat): Row {
  return [
    beat.atMs,
    beat.vantage,
    beat.operator,
    beat.place,
    beat.access,
    beat.connectivity,
    beat.receivedAtMs,
    beat.spoolDepth,
    beat.clockOffsetMs,
  ];
}

export function heartbeatOfRow(row: unknown): Heartbeat {
  const read = HeartbeatRow.parse(row);
  return {
    atMs: read.at_ms,
    vantage: read.vantage,
    operator: read.operator,
    place: read.place,
    access: read.access,
    connectivity: read.connectivity,
    receivedAtMs: read.received_at_ms,
    spoolDepth: read.spool_depth,
    clockOffsetMs: read.clock_offset_ms,
  };
}

const SweepRow = z.object({
  at_ms: z.number(),
  operator: z.string(),
  place: z.string(),
  up_ratio: z.number(),
  probed: z.number(),
  answered: z.number(),
  rtt_ms: MaybeNumber,
});

/** In the order of schema.ts's SWEEP. */
export function rowOfSweep(point: SweepPoint): Row {
  const { atMs, operator, place, upRatio, probed, answered, rttMs } = point;
  return [atMs, operator, place, upRatio, probed, answered, rttMs];
}

export function sweepOfRow(row: unknown): SweepPoint {
  const { at_ms, up_ratio, rtt_ms, ...same } = SweepRow.parse(row);
  return { ...same, atMs: at_ms, upRatio: up_ratio, rttMs: rtt_ms };
}

const OutsideRow = z.object({
  at_ms: z.number(),
  source: z.string(),
  signal: z.string(),
  entity: z.string(),
  value: z.number(),
  baseline: MaybeNumber,
});

/** In the order of schema.ts's OUTSIDE. */
export function rowOfOutside({ atMs, source, signal, entity, value, baseline }: OutsidePoint): Row {
  return [atMs, source, signal, entity, value, baseline];
}

export function outsideOfRow(row: unknown): OutsidePoint {
  const { at_ms, ...same } = OutsideRow.parse(row);
  return { ...same, atMs: at_ms };
}

/** In the order of schema.ts's OUTAGE. */
export function rowOfOutage(outage: OutsideOutage): Row {
  return [outage.id, outage.source, outage.startMs, outage.endMs, JSON.stringify(outage)];
}

const OutageBody = z.object({ body: Json.pipe(StoredOutage) });
export function outageOfRow(row: unknown): OutsideOutage {
  return OutageBody.parse(row).body;
}

/** In the order of schema.ts's INCIDENT. */
export function rowOfIncident(incident: Incident): Row {
  const { id, kind, status, startMs, endMs, platforms } = incident;
  return [id, kind, status, startMs, endMs, JSON.stringify(platforms), JSON.stringify(incident)];
}

const IncidentBody = z.object({ body: Json.pipe(StoredIncident) });
export function incidentOfRow(row: unknown): Incident {
  return IncidentBody.parse(row).body;
}

/** In the order of schema.ts's EVENT. */
export function rowOfEvent(event: AiqynEvent): Row {
  return [event.id, event.kind, event.startMs, event.endMs, JSON.stringify(event)];
}

const EventBody = z.object({ body: Json.pipe(AiqynEvent) });
export function eventOfRow(row: unknown): AiqynEvent {
  return EventBody.parse(row).body;
}
