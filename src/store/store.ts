/**
 * The series store's port. It states only promises that every adapter keeps; tests/contract/store.ts runs each of them
 * against memory and DuckDB. Instants are UTC epoch milliseconds; windows are half-open [fromMs, toMs).
 */
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../analysis/detect/point.ts';
import type { OutsideOutage, OutsidePoint } from '../analysis/outside/point.ts';
import type { Status } from '../analysis/verdict/verdict.ts';
import type { AiqynEvent } from '../events/event.ts';

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many numbers a series of others has on one day. */
export interface OutsideDay extends Pick<OutsidePoint, 'source' | 'signal' | 'entity'> {
  /** UTC epoch milliseconds of the day's start, UTC. */
  readonly dayMs: number;
  readonly numbers: number;
}

/** Narrows a question; absent means every one. */
export interface Scope {
  readonly vantage?: string;
  readonly operator?: string;
  readonly place?: string;
  readonly access?: string;
  readonly platform?: string;
  readonly target?: string;
}

/** Narrows a question about what others see; absent means every one. */
export type OutsideScope = Partial<Pick<OutsidePoint, 'source' | 'signal' | 'entity'>>;

export const GROUPS = ['vantage', 'operator', 'place', 'access', 'platform', 'target'] as const;
export type Group = (typeof GROUPS)[number];

/** The newest verdict of one target at one vantage, and since when that status holds without a break. */
export interface LatestStatus {
  readonly point: ReachabilityPoint;
  /** Start of the newest unbroken run of this status; re-tests count. Looks back at most STATUS_LOOKBACK_MS. */
  readonly sinceMs: number;
}
export const STATUS_LOOKBACK_MS = 7 * 24 * 3_600_000;

/** One bucket of one group: how many verdicts of each status, and the middle of what was timed. */
export interface Bucket {
  readonly startMs: number;
  /** Values of the groups asked for, in the order asked. */
  readonly group: readonly string[];
  readonly counts: Readonly<Record<Status, number>>;
  readonly meanScore: number;
  readonly medianTotalMs: number | null;
  readonly medianBytesPerSecond: number | null;
}

export interface IncidentQuery {
  /** Incidents that overlap the window. */
  readonly window?: Window;
  readonly openOnly?: boolean;
  readonly platform?: string;
  /** Newest start first; default 100, at most 1,000. */
  readonly limit?: number;
}

export interface Store {
  /** Safe to retry: writing a measurement's id twice keeps one row. Resolves once the rows survive a crash and can be read. */
  writePoints(points: readonly ReachabilityPoint[]): Promise<void>;
  /** Keyed by vantage and instant; the newer write wins. Durable when it resolves. */
  writeHeartbeats(heartbeats: readonly Heartbeat[]): Promise<void>;
  /** Keyed by operator, place and instant; the newer write wins (where it has no round trip, an older one may stay). Durable when it resolves. */
  writeSweeps(points: readonly SweepPoint[]): Promise<void>;
  /** Keyed by source, signal, entity and instant; the newer write wins (where it has no baseline, an older one may stay). Durable when it resolves. */
  writeOutside(points: readonly OutsidePoint[]): Promise<void>;
  /** Keyed by id; the newer write wins whole. Durable when it resolves. */
  saveOutages(outages: readonly OutsideOutage[]): Promise<void>;
  /** Keyed by id; the newer write wins whole. Durable when it resolves. */
  saveIncidents(incidents: readonly Incident[]): Promise<void>;
  /** Takes incidents out that a re-run of the detector no longer finds. */
  removeIncidents(ids: readonly string[]): Promise<void>;
  /** Keyed by id; the newer write wins whole. */
  saveEvents(events: readonly AiqynEvent[]): Promise<void>;
  /** Takes events out that their calendar no longer has. */
  removeEvents(ids: readonly string[]): Promise<void>;

  /** The newest point of each vantage × target that is newer than `nowMs - freshMs`, by vantage then target. */
  statusNow(question: {
    readonly nowMs: number;
    readonly freshMs: number;
    readonly scope?: Scope;
  }): Promise<LatestStatus[]>;
  /** Buckets aligned to multiples of `bucketMs`, ascending by start then group. Empty buckets are left out. */
  buckets(question: {
    readonly window: Window;
    readonly bucketMs: number;
    readonly by: readonly Group[];
    readonly scope?: Scope;
  }): Promise<Bucket[]>;
  /** Raw points, ascending by instant then id, streamed: a window of any length needs bounded memory. */
  points(window: Window, scope?: Scope): AsyncIterable<ReachabilityPoint>;
  /** Ascending by instant then vantage. */
  heartbeats(window: Window, scope?: Pick<Scope, 'vantage'>): Promise<Heartbeat[]>;
  /** The newest heartbeat of each vantage, by vantage. */
  vantagesNow(): Promise<Heartbeat[]>;
  /** Ascending by instant, operator, then place. */
  sweeps(window: Window, scope?: Pick<Scope, 'operator' | 'place'>): Promise<SweepPoint[]>;
  /** What others count, ascending by instant, streamed. */
  outside(window: Window, scope?: OutsideScope): AsyncIterable<OutsidePoint>;
  /** How many of them each series has on each day on which it has any, by day, source, signal and entity; of all time. */
  outsideDays(): Promise<OutsideDay[]>;
  /** Outages of others that overlap the window, ascending by start, then id. */
  outages(window: Window): Promise<OutsideOutage[]>;
  incidents(query: IncidentQuery): Promise<Incident[]>;
  incident(id: string): Promise<Incident | null>;
  /** Events that overlap the window, ascending by start. */
  events(window: Window): Promise<AiqynEvent[]>;
  /** How many measurements it holds, and the oldest and newest instant; for the health page. */
  extent(): Promise<{
    readonly points: number;
    readonly oldestMs: number | null;
    readonly newestMs: number | null;
  }>;
  close(): Promise<void>;
}
