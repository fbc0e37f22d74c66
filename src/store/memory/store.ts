/** The store in memory, for tests, replays and short demos: the plainest reading of the port's promises. */
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../../analysis/detect/point.ts';
import type { OutsideOutage, OutsidePoint } from '../../analysis/outside/point.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import type { AiqynEvent } from '../../events/event.ts';
import { countDays } from '../outside-days.ts';
import { incidentLimit, requireBucket, SCOPE_KEYS } from '../query-limits.ts';
import { STATUS_LOOKBACK_MS } from '../store.ts';
import type {
  Bucket,
  Group,
  IncidentQuery,
  LatestStatus,
  OutsideScope,
  Scope,
  Store,
  Window,
} from '../store.ts';

/** Everything is gone with the process; `close` only makes later calls fail, as every adapter's does. */
export function createMemoryStore(): Store {
  return new MemoryStore();
}

class MemoryStore implements Store {
  readonly #points = new Map<string, ReachabilityPoint>();
  readonly #heartbeats = new Map<string, Heartbeat>();
  readonly #sweeps = new Map<string, SweepPoint>();
  readonly #outside = new Map<string, OutsidePoint>();
  readonly #outages = new Map<string, OutsideOutage>();
  readonly #incidents = new Map<string, Incident>();
  readonly #events = new Map<string, AiqynEvent>();
  /** The points in order; made anew when it is asked for after a write. */
  #sorted: readonly ReachabilityPoint[] | null = null;
  #closed = false;

  async writePoints(points: readonly ReachabilityPoint[]): Promise<void> {
    this.#requireOpen();
    for (const point of points) {
      if (this.#points.has(point.id)) continue;
      this.#points.set(point.id, structuredClone(point));
      this.#sorted = null;
    }
  }

  async writeHeartbeats(heartbeats: readonly Heartbeat[]): Promise<void> {
    this.#requireOpen();
    for (const beat of heartbeats)
      this.#heartbeats.set(JSON.stringify([beat.vantage, beat.atMs]), structuredClone(beat));
  }

  async writeSweeps(points: readonly SweepPoint[]): Promise<void> {
    this.#requireOpen();
    for (const point of points)
      this.#sweeps.set(JSON.stringify([point.operator, point.place, point.atMs]), structuredClone(point));
  }

  async writeOutside(points: readonly OutsidePoint[]): Promise<void> {
    this.#requireOpen();
    for (const point of points)
      this.#outside.set(
        JSON.stringify([point.source, point.signal, point.entity, point.atMs]),
        structuredClone(point),
      );
  }

  async saveOutages(outages: readonly OutsideOutage[]): Promise<void> {
    this.#requireOpen();
    for (const outage of outages) this.#outages.set(outage.id, structuredClone(outage));
  }

  async saveIncidents(incidents: readonly Incident[]): Promise<void> {
    this.#requireOpen();
    for (const incident of incidents) this.#incidents.set(incident.id, structuredClone(incident));
  }

  async removeIncidents(ids: readonly string[]): Promise<void> {
    this.#requireOpen();
    for (const id of ids) this.#incidents.delete(id);
  }

  async saveEvents(events: readonly AiqynEvent[]): Promise<void> {
    this.#requireOpen();
    for (const event of events) this.#events.set(event.id, structuredClone(event));
  }

  async removeEvents(ids: readonly string[]): Promise<void> {
    this.#requireOpen();
    for (const id of ids) this.#events.delete(id);
  }

  async statusNow(question: Parameters<Store['statusNow']>[0]): Promise<LatestStatus[]> {
    const { nowMs, freshMs, scope } = question;
    const cells = new Map<string, LatestStatus>();
    for (const point of this.#ordered()) {
      if (point.atMs <= nowMs - STATUS_LOOKBACK_MS && point.atMs <= nowMs - freshMs) continue;
      if (!inScope(point, scope)) continue;
      const key = JSON.stringify([point.vantage, point.target]);
      const before = cells.get(key);
      const goesOn = before?.point.status === point.status && before.sinceMs > nowMs - STATUS_LOOKBACK_MS;
      cells.set(key, { point, sinceMs: goesOn ? before.sinceMs : point.atMs });
    }
    return [...cells.values()]
      .filter(({ point }) => point.atMs > nowMs - freshMs)
      .map((latest) => structuredClone(latest))
      .sort((a, b) => compare(a.point.vantage, b.point.vantage) || compare(a.point.target, b.point.target));
  }

  async buckets(question: Parameters<Store['buckets']>[0]): Promise<Bucket[]> {
    const { window, bucketMs, by, scope } = question;
    requireBucket(bucketMs);
    const members = new Map<string, ReachabilityPoint[]>();
    for (const point of this.#inWindow(window, scope)) {
      const startMs = Math.floor(point.atMs / bucketMs) * bucketMs;
      const key = JSON.stringify([startMs, ...by.map((group) => point[group])]);
      const found = members.get(key);
      if (found === undefined) members.set(key, [point]);
      else found.push(point);
    }
    return [...members.values()].map((points) => bucketOf(points, bucketMs, by)).sort(compareBuckets);
  }

  async *points(window: Window, scope?: Scope): AsyncGenerator<ReachabilityPoint> {
    for (const point of this.#inWindow(window, scope)) yield structuredClone(point);
  }

  async heartbeats(window: Window, scope?: Pick<Scope, 'vantage'>): Promise<Heartbeat[]> {
    this.#requireOpen();
    return [...this.#heartbeats.values()]
      .filter((beat) => isInside(beat.atMs, window))
      .filter((beat) => scope?.vantage === undefined || beat.vantage === scope.vantage)
      .sort((a, b) => a.atMs - b.atMs || compare(a.vantage, b.vantage))
      .map((beat) => structuredClone(beat));
  }

  async vantagesNow(): Promise<Heartbeat[]> {
    this.#requireOpen();
    const newest = new Map<string, Heartbeat>();
    for (const beat of this.#heartbeats.values()) {
      const before = newest.get(beat.vantage);
      if (before === undefined || beat.atMs > before.atMs) newest.set(beat.vantage, beat);
    }
    return structuredClone([...newest.values()].sort((a, b) => compare(a.vantage, b.vantage)));
  }

  async sweeps(window: Window, scope: Parameters<Store['sweeps']>[1] = {}): Promise<SweepPoint[]> {
    this.#requireOpen();
    const found = [...this.#sweeps.values()].filter(
      ({ atMs, operator, place }) =>
        isInside(atMs, window) &&
        operator === (scope.operator ?? operator) &&
        place === (scope.place ?? place),
    );
    return structuredClone(found.sort(compareSweeps));
  }

  async *outside(window: Window, scope: OutsideScope = {}): AsyncGenerator<OutsidePoint> {
    this.#requireOpen();
    yield* [...this.#outside.values()]
      .filter(
        ({ atMs, source, signal, entity }) =>
          isInside(atMs, window) &&
          source === (scope.source ?? source) &&
          signal === (scope.signal ?? signal) &&
          entity === (scope.entity ?? entity),
      )
      .sort((a, b) => a.atMs - b.atMs)
      .map((point) => structuredClone(point));
  }

  outsideDays: Store['outsideDays'] = async () => Promise.resolve(countDays(this.#outside.values()));

  async outages(window: Window): Promise<OutsideOutage[]> {
    this.#requireOpen();
    return [...this.#outages.values()]
      .filter(({ startMs, endMs }) => overlaps(startMs, endMs, window))
      .sort((a, b) => a.startMs - b.startMs || compare(a.id, b.id))
      .map((outage) => structuredClone(outage));
  }

  async incidents(query: IncidentQuery): Promise<Incident[]> {
    this.#requireOpen();
    const found = [...this.#incidents.values()]
      .filter(({ startMs, endMs }) => query.window === undefined || overlaps(startMs, endMs, query.window))
      .filter(({ status }) => query.openOnly !== true || status !== 'restored')
      .filter(({ platforms }) => query.platform === undefined || platforms.includes(query.platform))
      .sort((a, b) => b.startMs - a.startMs || compare(a.id, b.id));
    return structuredClone(found.slice(0, incidentLimit(query)));
  }

  async incident(id: string): Promise<Incident | null> {
    this.#requireOpen();
    return structuredClone(this.#incidents.get(id) ?? null);
  }

  async events(window: Window): Promise<AiqynEvent[]> {
    this.#requireOpen();
    const found = [...this.#events.values()].filter(({ startMs, endMs }) => overlaps(startMs, endMs, window));
    return structuredClone(found.sort((a, b) => a.startMs - b.startMs || compare(a.id, b.id)));
  }

  async extent(): ReturnType<Store['extent']> {
    const points = this.#ordered();
    return {
      points: points.length,
      oldestMs: points[0]?.atMs ?? null,
      newestMs: points.at(-1)?.atMs ?? null,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #ordered(): readonly ReachabilityPoint[] {
    this.#requireOpen();
    this.#sorted ??= [...this.#points.values()].sort((a, b) => a.atMs - b.atMs || compare(a.id, b.id));
    return this.#sorted;
  }

  #inWindow(window: Window, scope: Scope | undefined): ReachabilityPoint[] {
    return this.#ordered().filter((point) => isInside(point.atMs, window) && inScope(point, scope));
  }

  #requireOpen(): void {
    if (this.#closed) throw new TypeError('the store is closed');
  }
}

/** By code unit, not by a locale: the same order on every machine. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareSweeps(a: SweepPoint, b: SweepPoint): number {
  return a.atMs - b.atMs || compare(a.operator, b.operator) || compare(a.place, b.place);
}

function isInside(atMs: number, { fromMs, toMs }: Window): boolean {
  return atMs >= fromMs && atMs < toMs;
}

/** What has no length still happened: it counts as one millisecond. */
function overlaps(startMs: number, endMs: number | null, { fromMs, toMs }: Window): boolean {
  return startMs < toMs && (endMs === null || Math.max(endMs, startMs + 1) > fromMs);
}

function inScope(point: ReachabilityPoint, scope: Scope | undefined): boolean {
  return SCOPE_KEYS.every((key) => scope?.[key] === undefined || scope[key] === point[key]);
}

function bucketOf(points: readonly ReachabilityPoint[], bucketMs: number, by: readonly Group[]): Bucket {
  const counts: Record<Status, number> = {
    ok: 0,
    blocked: 0,
    throttled: 0,
    intercepted: 0,
    tampered: 0,
    down: 0,
    offline: 0,
    inconclusive: 0,
  };
  let scoreSum = 0;
  for (const point of points) {
    counts[point.status] += 1;
    scoreSum += point.score;
  }
  const first = points[0];
  return {
    startMs: Math.floor((first?.atMs ?? 0) / bucketMs) * bucketMs,
    group: by.map((group) => first?.[group] ?? ''),
    counts,
    meanScore: scoreSum / points.length,
    medianTotalMs: medianOf(points.map((point) => point.totalMs)),
    medianBytesPerSecond: medianOf(points.map((point) => point.bytesPerSecond)),
  };
}

/** The middle value, or the mean of the two middle ones; null where nothing was timed. */
function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const upper = known[Math.floor(known.length / 2)];
  const lower = known[Math.floor((known.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function compareBuckets(left: Bucket, right: Bucket): number {
  if (left.startMs !== right.startMs) return left.startMs - right.startMs;
  for (const [index, value] of left.group.entries()) {
    const order = compare(value, right.group[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
