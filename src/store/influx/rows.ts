/**
 * Between what the port speaks of and what InfluxDB keeps: lines of line protocol in, rows of InfluxQL out. What is read
 * back is checked: the database may be older or touched by others.
 */
import { z } from 'zod';
import type { Heartbeat, ReachabilityPoint } from '../../analysis/detect/point.ts';
import { severityOf } from '../../analysis/verdict/severity.ts';
import { LAYERS, METHODS, STATUSES } from '../../analysis/verdict/verdict.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import { HEARTBEAT_TAGS, REACHABILITY_FIELDS, REACHABILITY_TAGS, SERIES, SEVERITY_FIELD } from '../fields.ts';
import {
  fromTagValue,
  fromTextValue,
  integerField,
  name,
  numberField,
  seriesKey,
  tagPair,
  textField,
  textValue,
  timestamp,
} from './text.ts';

/** Fields that only Aiqyn reads: what makes a measurement the same one, and what no chart shows. */
export const ID_FIELD = 'id';
const RECORD_FIELD = 'record';
const RECEIVED_FIELD = 'received_at_ms';

export type Row = Readonly<Record<string, unknown>>;

const ALWAYS_WRITTEN: ReadonlySet<Status> = new Set(['ok', 'blocked']);

/** Which status it is; the same text for every point of that status. A server pays for each field it is sent. */
const STATUS_FIELDS: ReadonlyMap<Status, string> = new Map(
  STATUSES.map((status) => [
    status,
    [
      ...STATUSES.filter((other) => other === status || ALWAYS_WRITTEN.has(other)).map((other) =>
        integerField(other, other === status ? 1 : 0),
      ),
      integerField(SEVERITY_FIELD, severityOf(status)),
    ].join(','),
  ]),
);

/**
 * `nanoseconds` within the millisecond tell apart what one series has in one. Joined and not added up: a text made of many
 * sums is kept as a tree until it is sent, and thousands of those cost more than all else.
 */
export function lineOfPoint(point: ReachabilityPoint, nanoseconds: number): string {
  const parts: string[] = [SERIES.reachability];
  for (const tag of REACHABILITY_TAGS) parts.push(tagPair(tag, point[tag]));
  parts.push(' ', STATUS_FIELDS.get(point.status) ?? '');
  addNumber(parts, 'score', point.score);
  addNumber(parts, 'confidence', point.confidence);
  addText(parts, 'status', point.status);
  addText(parts, ID_FIELD, point.id);
  // Most points have nothing to tell here, and a server pays for each field it is sent.
  if (point.retest !== 0 || point.reasons.length > 0)
    addText(parts, RECORD_FIELD, JSON.stringify([point.retest, ...point.reasons]));
  addText(parts, 'layer', point.layer);
  addText(parts, 'method', point.method);
  addText(parts, 'failure', point.failure === null ? null : textValue(point.failure));
  addNumber(parts, 'dns_ms', point.dnsMs);
  addNumber(parts, 'tcp_ms', point.tcpMs);
  addNumber(parts, 'tls_ms', point.tlsMs);
  addNumber(parts, 'ttfb_ms', point.ttfbMs);
  addNumber(parts, 'total_ms', point.totalMs);
  addNumber(parts, 'bytes_per_s', point.bytesPerSecond);
  parts.push(' ', timestamp(point.atMs, nanoseconds));
  return parts.join('');
}

function addText(parts: string[], field: string, value: string | null): void {
  if (value !== null) parts.push(',', textField(field, value));
}

function addNumber(parts: string[], field: string, value: number | null): void {
  if (value !== null) parts.push(',', numberField(field, value));
}

/** What a question for whole points selects. */
export const POINT_SELECTION = [
  ...REACHABILITY_FIELDS.filter((field) => !STATUSES.some((status) => status === field)),
  ID_FIELD,
  RECORD_FIELD,
]
  .map(name)
  .concat(REACHABILITY_TAGS.map((tag) => `${name(tag)}::tag`))
  .join(', ');

const MaybeNumber = z.number().nullable();
/** A tag that was empty is none in the database. */
export const Tag = z
  .string()
  .nullable()
  .transform((kept) => fromTagValue(kept ?? ''));
export const Time = z.number().transform((microseconds) => Math.floor(microseconds / 1_000));
const NO_RECORD: readonly [retest: number, ...reasons: readonly string[]] = [0];
const Json = z.string().transform((text): unknown => JSON.parse(text));

const PointRow = z.object({
  time: Time,
  id: z.string(),
  record: Json.pipe(z.tuple([z.number()], z.string()))
    .nullable()
    .transform((record) => record ?? NO_RECORD),
  vantage: Tag,
  operator: Tag,
  place: Tag,
  access: Tag,
  platform: Tag,
  target: Tag,
  probe: Tag,
  status: z.enum(STATUSES),
  layer: z.enum(LAYERS).nullable(),
  method: z.enum(METHODS).nullable(),
  failure: z.string().transform(fromTextValue).nullable(),
  confidence: z.number(),
  score: z.number(),
  dns_ms: MaybeNumber,
  tcp_ms: MaybeNumber,
  tls_ms: MaybeNumber,
  ttfb_ms: MaybeNumber,
  total_ms: MaybeNumber,
  bytes_per_s: MaybeNumber,
});

export function pointOfRow(row: Row): ReachabilityPoint {
  const { time, record, dns_ms, tcp_ms, tls_ms, ttfb_ms, total_ms, bytes_per_s, ...same } =
    PointRow.parse(row);
  const [retest, ...reasons] = record;
  return {
    ...same,
    atMs: time,
    retest,
    reasons,
    dnsMs: dns_ms,
    tcpMs: tcp_ms,
    tlsMs: tls_ms,
    ttfbMs: ttfb_ms,
    totalMs: total_ms,
    bytesPerSecond: bytes_per_s,
  };
}

export function lineOfHeartbeat(beat: Heartbeat): string {
  const key = seriesKey(
    SERIES.heartbeat,
    HEARTBEAT_TAGS.map((tag) => [tag, beat[tag]] as const),
  );
  const fields = [
    integerField('up', beat.connectivity === 'offline' ? 0 : 1),
    textField('connectivity', beat.connectivity),
    numberField('spool_depth', beat.spoolDepth),
    numberField('clock_offset_ms', beat.clockOffsetMs),
    numberField('lag_ms', beat.receivedAtMs - beat.atMs),
    numberField(RECEIVED_FIELD, beat.receivedAtMs),
  ];
  return `${key} ${fields.join(',')} ${timestamp(beat.atMs)}`;
}

export const HEARTBEAT_SELECTION = ['connectivity', 'spool_depth', 'clock_offset_ms', RECEIVED_FIELD]
  .map(name)
  .concat(HEARTBEAT_TAGS.map((tag) => `${name(tag)}::tag`))
  .join(', ');

const HeartbeatRow = z.object({
  time: Time,
  vantage: Tag,
  operator: Tag,
  place: Tag,
  access: Tag,
  connectivity: z.string(),
  received_at_ms: z.number(),
  spool_depth: z.number(),
  clock_offset_ms: z.number(),
});

export function heartbeatOfRow(row: Row): Heartbeat {
  const read = HeartbeatRow.parse(row);
  return {
    atMs: read.time,
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
