/** What the detector's runner reads for its fold, and how the incidents of one window follow from those of the one before. */
import type { DetectorWindow } from '../analysis/detect/detector.ts';
import type { Heartbeat, Incident, ReachabilityPoint } from '../analysis/detect/point.ts';
import { canonicalJson } from '../fleet/canonical.ts';
import type { Store } from '../store/store.ts';

/** How far back late data and a restart reach. */
export const REFOLD_HOURS_MAX = 24;
/** Every window has a snapshot for a while, then one an hour is kept. */
const RECENT_SNAPSHOTS = 40;
const HOUR_MS = 3_600_000;

export interface Snapshot<State> {
  /** End of the last window in it. */
  readonly atMs: number;
  readonly state: State;
  /** By the fold's own id. */
  readonly incidents: ReadonlyMap<string, Incident>;
}

/** `count` windows that follow each other from `fromMs` on, with what the store has of each; one question for all. */
export async function readWindows(
  store: Pick<Store, 'points' | 'heartbeats'>,
  fromMs: number,
  windowMs: number,
  count: number,
): Promise<DetectorWindow[]> {
  const span = { fromMs, toMs: fromMs + count * windowMs };
  const points = Array.from({ length: count }, (): ReachabilityPoint[] => []);
  const heartbeats = Array.from({ length: count }, (): Heartbeat[] => []);
  for await (const point of store.points(span)) {
    // Imported sites of no platform have nothing in common that an incident could be made of.
    if (point.platform === 'other') continue;
    points[Math.floor((point.atMs - fromMs) / windowMs)]?.push(point);
  }
  for (const heartbeat of await store.heartbeats(span)) {
    heartbeats[Math.floor((heartbeat.atMs - fromMs) / windowMs)]?.push(heartbeat);
  }
  return points.map((some, n) => ({
    fromMs: fromMs + n * windowMs,
    toMs: fromMs + (n + 1) * windowMs,
    points: some,
    heartbeats: heartbeats[n] ?? [],
  }));
}

/** Whatever order their keys came in: a store gives them in its own. */
export function isSame(incident: Incident, before: Incident | undefined): boolean {
  return incident === before || (before !== undefined && canonicalJson(before) === canonicalJson(incident));
}

export function amended(
  incidents: ReadonlyMap<string, Incident>,
  changed: readonly Incident[],
  removed: readonly string[],
): ReadonlyMap<string, Incident> {
  if (changed.length + removed.length === 0) return incidents;
  const next = new Map(incidents);
  for (const incident of changed) next.set(incident.id, incident);
  for (const id of removed) next.delete(id);
  return next;
}

/** Those that late data may yet go back to. */
export function pruned<State>(snapshots: readonly Snapshot<State>[]): Snapshot<State>[] {
  const newestMs = snapshots.at(-1)?.atMs ?? 0;
  const recentFrom = snapshots.length - RECENT_SNAPSHOTS;
  const hours = new Set<number>();
  return snapshots.filter(({ atMs }, n) => {
    if (n >= recentFrom) return true;
    const hour = Math.floor(atMs / HOUR_MS);
    if (hours.has(hour) || atMs < newestMs - REFOLD_HOURS_MAX * HOUR_MS) return false;
    hours.add(hour);
    return true;
  });
}
