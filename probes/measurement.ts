/**
 * The raw record of one probe run, in OONI's data format 0.2.0 (df-001 httpt, df-002 dnst, df-005 tcpconnect,
 * df-006 tlshandshake, df-008 netevents), with our own keys under `x_aiqyn_…`.
 *
 * Append-only: a measurement is never edited, and never judged here; see src/analysis/verdict/.
 * Units: `t0` and `t` are seconds since the measurement's start, from a monotonic clock. Instants named
 * `…_ms` are UTC epoch milliseconds.
 *
 * The schemas read files of others too: absent and null keys become their empty value, unknown keys are kept.
 */
import { z } from 'zod';
import {
  Control,
  DnsQuery,
  Failure,
  HttpTransaction,
  list,
  orElse,
  NetworkEvent,
  Seconds,
  TcpConnect,
  TlsHandshake,
} from './observations.ts';
import { ACCESSES, CONNECTIVITIES, DEPTHS, PLATFORMS, PROBE_KINDS } from './words.ts';
import type { ProbeKind } from './words.ts';

/**
 * Where `control` came from. `live`: asked at the same time. `last_known_good`: the control did not answer, this is
 * its newest good answer (age in `x_aiqyn_control_age_ms`). `none`: nothing to compare with but the catalogue.
 */
export const CONTROL_SOURCES = ['live', 'last_known_good', 'none'] as const;
export type ControlSource = (typeof CONTROL_SOURCES)[number];

export const WebTestKeys = z.looseObject({
  queries: list(DnsQuery),
  tcp_connect: list(TcpConnect),
  tls_handshakes: list(TlsHandshake),
  requests: list(HttpTransaction),
  network_events: list(NetworkEvent),
  control: Control.nullish().transform((control) => control ?? null),
  control_failure: Failure,
  x_aiqyn_control_source: z.enum(CONTROL_SOURCES).optional(),
  x_aiqyn_control_age_ms: z.number().optional(),
  /** Everything went through a proxy that resolved the names: they stand in the place of addresses, and no lookup was seen. */
  x_aiqyn_proxied: z.boolean().optional(),
});
export type WebTestKeys = z.output<typeof WebTestKeys>;

/** What was read once, so that the same keys are not read again by each who needs them. */
const READ = new WeakMap<object, WebTestKeys>();

/** `WebTestKeys` for what is to be judged: `readWebTestKeys` then gives it back at once. */
export const JudgedWebTestKeys = WebTestKeys.overwrite((keys) => {
  READ.set(keys, keys);
  return keys;
});

/** Keys that were made from such keys and have their shape: `readWebTestKeys` gives them back at once too. */
export function asJudged(keys: WebTestKeys): WebTestKeys {
  READ.set(keys, keys);
  return keys;
}

/** Test keys by their schema, at once where they came out of it; null where it does not accept them. */
export function readWebTestKeys(keys: object): WebTestKeys | null {
  return READ.get(keys) ?? JudgedWebTestKeys.safeParse(keys).data ?? null;
}

/** A part of an app as it was asked for, so that a measurement tells by itself what was tried and what was not. */
export const AppPartAsked = z.looseObject({
  id: z.string(),
  works: z.string(),
  fails: z.string(),
  weight: orElse(z.number(), 1),
  endpoints: list(
    z.looseObject({
      /** The endpoint's name: observations of it carry the tags `part:<id>` and `endpoint:<url>`. */
      url: z.string(),
      statuses: z.array(z.number()).optional(),
    }),
  ),
});
export type AppPartAsked = z.output<typeof AppPartAsked>;

/** What the control saw of one of the app's endpoints; asked only of those that failed. */
export const AppControl = z.looseObject({
  url: z.string(),
  source: z.enum(CONTROL_SOURCES),
  failure: Failure,
  control: Control.nullish().transform((control) => control ?? null),
});
export type AppControl = z.output<typeof AppControl>;

/** Observations as a page's; OONI's keys of its app tests stand beside ours and are kept as they came. */
export const AppTestKeys = WebTestKeys.extend({
  x_aiqyn_parts: list(AppPartAsked),
  x_aiqyn_controls: list(AppControl),
});
export type AppTestKeys = z.output<typeof AppTestKeys>;

/** Begins the tags that name an observation's part and endpoint. */
export const TAG_PART = 'part:';
export const TAG_ENDPOINT = 'endpoint:';

/** One body fetched for its speed. */
export const Transfer = z.looseObject({
  /** `same_address`: the target's server under a harmless name, so that only the name on the wire differs. */
  role: z.enum(['target', 'paired', 'same_address']),
  url: z.string(),
  /** The name on the wire; not the URL's own for `same_address`. */
  host: z.string(),
  /** Milliseconds since the request and bytes of the body until then, about every 250 ms and at the end. */
  samples: list(z.tuple([z.number(), z.number()])),
  handshake_ms: orElse(z.number(), null),
  failure: Failure,
});
export type Transfer = z.output<typeof Transfer>;

export const ThroughputTestKeys = WebTestKeys.extend({
  x_aiqyn_throughput: list(Transfer),
  /** In whose words a difference between page and pair is told, where the catalogue has them. */
  x_aiqyn_part: orElse(z.object({ works: z.string(), fails: z.string() }), null),
});
export type ThroughputTestKeys = z.output<typeof ThroughputTestKeys>;

/**
 * QUIC handshakes in OONI's key and shape (df-006, `network` is `udp`). `TAG_HARMLESS` marks those under a harmless name to the
 * same address, `TAG_PAIRED` the one with another host; rows of TCP and TLS are of the target's name at the same address.
 */
export const QuicTestKeys = WebTestKeys.extend({ quic_handshakes: list(TlsHandshake) });
export type QuicTestKeys = z.output<typeof QuicTestKeys>;

/** One thing tried in one ring: the gateway, a domestic site, a foreign site, a name server. */
export const RingCheck = z.looseObject({
  ring: z.enum(['gateway', 'domestic', 'foreign', 'dns']),
  /** A host name or `gateway`; never an address of the vantage's own network. */
  name: z.string(),
  failure: Failure,
  /** On the allow-list during January 2022 (facts in the catalogue): alone it does not make a ring reachable. */
  allow_listed: z.boolean().optional(),
  t0: Seconds,
  t: Seconds,
});
export type RingCheck = z.output<typeof RingCheck>;

export const RingsTestKeys = z.looseObject({ x_aiqyn_ring_checks: list(RingCheck) });
export type RingsTestKeys = z.output<typeof RingsTestKeys>;

/** Hops to one address, without their addresses: probes/path. `rtt_ms` in whole milliseconds. */
export const PathTrace = z.object({
  /** Whether the address itself answered. */
  reached: z.boolean(),
  hops: list(
    z.object({
      hop: z.number(),
      /** `AS9198`; null where it is not known or not told. */
      asn: z.string().nullable(),
      rtt_ms: z.number().nullable(),
      kind: z.enum(['public', 'private', 'silent']),
    }),
  ),
});
export type PathTrace = z.output<typeof PathTrace>;

/** The way to an address that failed, and to one that worked at the same port and time; in the test keys as `x_aiqyn_path`. */
export const PathKeys = z.object({
  tool: z.enum(['traceroute', 'mtr']),
  method: z.enum(['tcp', 'udp']),
  port: z.number(),
  failing: PathTrace,
  working: PathTrace.nullable(),
});
export type PathKeys = z.output<typeof PathKeys>;

export const VantageTag = z.object({
  id: z.string(),
  /** `AS29355`; `AS0` where it is not known. */
  operator: z.string(),
  /** A place's id in the catalogue, or `unknown`. */
  place: z.string(),
  access: z.enum(ACCESSES),
});
export type VantageTag = z.output<typeof VantageTag>;

export const TargetTag = z.object({
  id: z.string(),
  platform: z.enum(PLATFORMS),
  probe: z.enum(PROBE_KINDS),
  depth: z.enum(DEPTHS),
});
export type TargetTag = z.output<typeof TargetTag>;

/** Why a run ended through our own fault; such a run is never evidence of anything. */
export const ABORTS = ['shutdown', 'probe_bug', 'clock_jump', 'overload', 'line_away'] as const;
export type Abort = (typeof ABORTS)[number];

/** The test's name in OONI's world; `web` probes are readable there as `web_connectivity`. */
export const TEST_NAMES = {
  web: 'web_connectivity',
  app: 'aiqyn_app',
  throughput: 'aiqyn_throughput',
  quic: 'aiqyn_quic',
  ingest: 'aiqyn_ingest',
  rings: 'aiqyn_rings',
} as const satisfies Readonly<Record<ProbeKind, string>>;

/** Whose probe it was, where it was not ours. A city at the finest; never an address, never which probe. */
export const BorrowedTag = z.object({ lender: z.string(), network: z.string(), city: z.string() });
export type BorrowedTag = z.output<typeof BorrowedTag>;

const Envelope = z.looseObject({
  data_format_version: orElse(z.string(), '0.2.0'),
  input: orElse(z.string(), null),
  measurement_start_time: z.string(),
  test_start_time: orElse(z.string(), ''),
  probe_asn: orElse(z.string(), 'AS0'),
  probe_cc: orElse(z.string(), 'ZZ'),
  probe_ip: orElse(z.string(), '127.0.0.1'),
  report_id: orElse(z.string(), ''),
  software_name: orElse(z.string(), ''),
  software_version: orElse(z.string(), ''),
  test_name: z.string(),
  test_version: orElse(z.string(), ''),
  test_runtime: orElse(z.number(), 0),
  test_helpers: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((helpers) => helpers ?? {}),
  /** UUIDv7; absent in files of others until ingest gives them one. */
  x_aiqyn_id: z.string().optional(),
  x_aiqyn_started_at_ms: z.number().optional(),
  /** Where a collector corrected the start: the vantage's own time, and how far its clock was ahead of the collector's. */
  x_aiqyn_vantage_clock: z.object({ started_at_ms: z.number(), offset_ms: z.number() }).optional(),
  x_aiqyn_vantage: VantageTag.optional(),
  x_aiqyn_target: TargetTag.optional(),
  /** 0 for a scheduled run; 1, 2, … for the re-tests that a change of status causes. */
  x_aiqyn_retest: z.number().optional(),
  /** How far the vantage got around the time of this run, by its rings; what fails while offline is nobody's block. */
  x_aiqyn_connectivity: z.enum(CONNECTIVITIES).optional(),
  x_aiqyn_abort: z.enum(ABORTS).optional(),
  x_aiqyn_borrowed: BorrowedTag.optional(),
  /** The network (`AS13335`) that it was measured from where that is not the vantage's own; it counts for nobody. */
  x_aiqyn_other_network: z.string().optional(),
});

export const WebMeasurement = Envelope.extend({ test_keys: JudgedWebTestKeys });
export type WebMeasurement = z.output<typeof WebMeasurement>;
export const RingsMeasurement = Envelope.extend({ test_keys: RingsTestKeys });
export type RingsMeasurement = z.output<typeof RingsMeasurement>;

/** Any test: `test_keys` as it came. `asWeb` and `asRings` narrow it. */
export const Measurement = Envelope.extend({ test_keys: z.looseObject({}) });
export type Measurement = z.output<typeof Measurement>;

/** A measurement that one of our own vantages made: the tags are there. */
export const OwnMeasurement = Measurement.extend({
  x_aiqyn_id: z.string(),
  x_aiqyn_started_at_ms: z.number(),
  x_aiqyn_vantage: VantageTag,
  x_aiqyn_target: TargetTag,
});
export type OwnMeasurement = z.output<typeof OwnMeasurement>;
