/** What those outside say of an incident, read from the store and kept for a minute: the pages of a great incident are asked for by many. */
import { confidenceWith } from '../analysis/corroborate/confidence.ts';
import { AFTER_MS, BEFORE_MS, corroborate } from '../analysis/corroborate/corroborate.ts';
import type { Testimony } from '../analysis/corroborate/corroborate.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { OutsidePoint } from '../analysis/outside/point.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Store } from '../store/store.ts';

const KEPT_MS = 60_000;
const KEPT_MAX = 200;
/** Of an incident that lasts longer, its first days are looked at. */
const DAYS_MAX = 7;
const DAY_MS = 86_400_000;

export interface Corroboration {
  readonly testimonies: readonly Testimony[];
  /** The detector’s own, moved by the witnesses. */
  readonly confidence: number;
}

export type ReadCorroboration = (incident: Incident) => Promise<Corroboration>;

interface Kept {
  readonly atMs: number;
  readonly answer: Promise<Corroboration>;
}

export function createCorroborationReader(
  store: Pick<Store, 'outside' | 'outages'>,
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>,
): ReadCorroboration {
  const kept = new Map<string, Kept>();
  return async (incident) => {
    const key = JSON.stringify([incident.id, incident.status, incident.startMs, incident.endMs]);
    const nowMs = clock.monotonicMs();
    const known = kept.get(key);
    if (known !== undefined && nowMs - known.atMs < KEPT_MS) return known.answer;
    const answer = read(store, incident, clock.nowMs());
    kept.delete(key);
    kept.set(key, { atMs: nowMs, answer });
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    // A store that was away is asked again.
    answer.catch(() => kept.delete(key));
    return answer;
  };
}

async function read(
  store: Pick<Store, 'outside' | 'outages'>,
  incident: Incident,
  nowMs: number,
): Promise<Corroboration> {
  const endMs = Math.min(incident.endMs ?? nowMs, incident.startMs + DAYS_MAX * DAY_MS);
  const window = { fromMs: incident.startMs - BEFORE_MS, toMs: endMs + AFTER_MS };
  const points: OutsidePoint[] = [];
  for await (const point of store.outside(window)) points.push(point);
  const testimonies = corroborate(incident, { points, outages: await store.outages(window), nowMs });
  return { testimonies, confidence: confidenceWith(incident.confidence, testimonies) };
}
