/** Asks the store, never the network, what those outside say of an incident, and keeps it with the incident. */
import { AFTER_MS, BEFORE_MS, corroborate } from '../analysis/corroborate/corroborate.ts';
import { saidBy, withWitnesses } from '../analysis/corroborate/witnessed.ts';
import type { Said } from '../analysis/corroborate/witnessed.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { OutsidePoint } from '../analysis/outside/point.ts';
import type { Store } from '../store/store.ts';
import { isSame } from './detector-windows.ts';

const DAY_MS = 86_400_000;
/** Of an incident that lasts longer, its first days are looked at. */
const DAYS_MAX = 7;

/** What the store’s numbers and outages say of it at `nowMs`, UTC epoch milliseconds. Rejects with the store. */
export async function hearWitnesses(
  store: Pick<Store, 'outside' | 'outages'>,
  incident: Incident,
  nowMs: number,
): Promise<Said> {
  const endMs = Math.min(incident.endMs ?? nowMs, incident.startMs + DAYS_MAX * DAY_MS);
  const window = { fromMs: incident.startMs - BEFORE_MS, toMs: endMs + AFTER_MS };
  const points: OutsidePoint[] = [];
  for await (const point of store.outside(window)) points.push(point);
  return saidBy(corroborate(incident, { points, outages: await store.outages(window), nowMs }));
}

/**
 * Hears the witnesses of each incident anew and saves those of which they say something else than is stored.
 * @returns the incidents as the store now holds them, in the order given
 */
export async function keepWitnessed(
  store: Pick<Store, 'outside' | 'outages' | 'saveIncidents'>,
  incidents: readonly Incident[],
  nowMs: number,
): Promise<Incident[]> {
  const heard: Incident[] = [];
  for (const incident of incidents)
    heard.push(withWitnesses(incident, await hearWitnesses(store, incident, nowMs)));
  const changed = heard.filter((incident, n) => !isSame(incident, incidents[n]));
  if (changed.length > 0) await store.saveIncidents(changed);
  return heard;
}
