/**
 * What the detector reads and writes. A point is one verdict with its tags; the store keeps it in the series `reachability`.
 * All data here is plain (JSON-safe), so that a detector's state can be kept, compared and replayed.
 */
import type { Witnessed } from '../corroborate/witnessed.ts';
import type { Layer, Method, Status } from '../verdict/verdict.ts';

export interface ReachabilityPoint {
  /** UUIDv7 of the measurement. */
  readonly id: string;
  /** UTC epoch milliseconds of the measurement's start. */
  readonly atMs: number;
  readonly vantage: string;
  /** `AS29355`. */
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  readonly platform: string;
  readonly target: string;
  readonly probe: string;
  readonly retest: number;
  readonly status: Status;
  readonly layer: Layer | null;
  readonly method: Method | null;
  readonly failure: string | null;
  readonly confidence: number;
  readonly score: number;
  readonly reasons: readonly string[];
  readonly dnsMs: number | null;
  readonly tcpMs: number | null;
  readonly tlsMs: number | null;
  readonly ttfbMs: number | null;
  readonly totalMs: number | null;
  readonly bytesPerSecond: number | null;
}

/**
 * Whether a verdict says anything of the platform as people meet it. A drop of QUIC alone does not: what gets no answer over UDP is
 * asked for over TCP, and the platform's other targets say whether that works.
 */
export function speaksForPlatform({ status, layer }: Pick<ReachabilityPoint, 'status' | 'layer'>): boolean {
  return status !== 'blocked' || layer !== 'quic';
}

export interface Heartbeat {
  readonly atMs: number;
  readonly vantage: string;
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  /** `online`, `domestic_only`, `allow_list`, `dns_only`, `offline`. */
  readonly connectivity: string;
  /** When the collector had it. A backfilled heartbeat is received long after `atMs`. */
  readonly receivedAtMs: number;
  readonly spoolDepth: number;
  readonly clockOffsetMs: number;
}

/** One operator in one place, as a round of the sweep found it from outside. */
export interface SweepPoint {
  readonly atMs: number;
  /** `AS29355`. */
  readonly operator: string;
  readonly place: string;
  /** Blocks (/24) that are up, of those that are up or down: 0–1. */
  readonly upRatio: number;
  /** Addresses asked, and those that answered. */
  readonly probed: number;
  readonly answered: number;
  /** Median round trip; null where nothing answered. */
  readonly rttMs: number | null;
}

export const INCIDENT_KINDS = [
  'platform_block',
  'throttling',
  'interception',
  'mobile_shutdown',
  'shutdown',
  'allow_list',
  'vantage_silent',
  'target_down',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export const INCIDENT_STATUSES = ['open', 'restored', 'reopened'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** One network's part in an incident. */
export interface IncidentMember {
  readonly vantage: string;
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  readonly platform: string | null;
  readonly startMs: number;
  /** Null while it goes on. */
  readonly endMs: number | null;
  readonly method: string | null;
  readonly reasons: readonly string[];
}

/** Instants are UTC epoch milliseconds; src/web and src/cli write them as ISO 8601 where the contract says so. */
export interface Incident {
  /** Derived from kind, scope and onset: a re-run of the detector amends and never duplicates. */
  readonly id: string;
  readonly kind: IncidentKind;
  readonly status: IncidentStatus;
  readonly platforms: readonly string[];
  readonly operators: readonly string[];
  readonly places: readonly string[];
  readonly access: string | null;
  readonly vantageIds: readonly string[];
  readonly startMs: number;
  readonly endMs: number | null;
  readonly detectedAtMs: number;
  /** 0–1, with what witnesses outside say where `witnessed` is there, else the detector’s own. */
  readonly confidence: number;
  readonly method: string | null;
  /** Intervals inside the incident in which it was lifted. */
  readonly openings: readonly { readonly startMs: number; readonly endMs: number }[];
  readonly members: readonly IncidentMember[];
  readonly reasons: readonly string[];
  /** What those outside say of it; absent in the fold, and where nobody was asked about that time. */
  readonly witnessed?: Witnessed | undefined;
}
