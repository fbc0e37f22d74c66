/**
 * Detects in the past: folds what the store holds of a window that the following detector no longer reaches, as it would have been
 * folded then, and brings the store's incidents in line. The same store gives the same incidents with the same ids.
 */
import type { DetectorConfig } from '../analysis/detect/config.ts';
import { foldWindow, initialState } from '../analysis/detect/fold.ts';
import { asPublished, identify } from '../analysis/detect/identity.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { DetectorState } from '../analysis/detect/state.ts';
import type { Store, Window } from '../store/store.ts';
import { amended, readWindows } from './detector-windows.ts';

const DAY_MS = 86_400_000;
/** Volunteers measure now and then; windows as short as the monitor's would mostly be empty. */
const WINDOW_MS = 300_000;
const WINDOWS_PER_READ = DAY_MS / WINDOW_MS;
/** After so many days without a measurement nothing that was known before still holds. */
const GAP_DAYS_MAX = 2;
/** Days of one question, so that its incidents stay below what a store gives at once. */
const INCIDENT_DAYS = 30;
const INCIDENTS_READ_MAX = 1_000;

export interface HistoryOptions {
  readonly store: Pick<
    Store,
    'points' | 'heartbeats' | 'buckets' | 'incidents' | 'saveIncidents' | 'removeIncidents'
  >;
  readonly window: Window;
  readonly config: DetectorConfig;
  /** Whose incidents may be taken back when they are no longer found: of no other vantage the store can hold all. */
  readonly isImported: (vantage: string) => boolean;
  /** Instant up to which has been folded. */
  readonly onProgress: (atMs: number) => void;
}

/** @returns the incidents of the window as the store now holds them, by start. */
export async function detectHistory(options: HistoryOptions): Promise<Incident[]> {
  const { store, window, isImported } = options;
  const published = await publishedIn(store, window);
  let folded: ReadonlyMap<string, Incident> = new Map();
  for (const stretch of await stretchesOf(store, window)) {
    folded = new Map([...folded, ...(await foldStretch(options, stretch))]);
  }
  const ids = identify(new Map(), published, folded);
  const found = [...folded.values()].map((incident) => {
    const id = ids.get(incident.id) ?? incident.id;
    return asPublished(incident, id, published.get(id));
  });
  const kept = new Set(found.map(({ id }) => id));
  const gone = [...published.values()].filter(
    ({ id, vantageIds }) => !kept.has(id) && vantageIds.length > 0 && vantageIds.every(isImported),
  );
  if (found.length > 0) await store.saveIncidents(found);
  if (gone.length > 0) await store.removeIncidents(gone.map(({ id }) => id));
  return found.toSorted((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
}

/** Those that lie in the window whole: what reaches beyond is not this window's to judge. */
async function publishedIn(
  store: Pick<Store, 'incidents'>,
  { fromMs, toMs }: Window,
): Promise<Map<string, Incident>> {
  const found = new Map<string, Incident>();
  for (let atMs = fromMs; atMs < toMs; atMs += INCIDENT_DAYS * DAY_MS) {
    const window = { fromMs: atMs, toMs: Math.min(toMs, atMs + INCIDENT_DAYS * DAY_MS) };
    for (const incident of await store.incidents({ window, limit: INCIDENTS_READ_MAX })) {
      const { startMs, endMs } = incident;
      if (startMs >= fromMs && endMs !== null && endMs <= toMs) found.set(incident.id, incident);
    }
  }
  return found;
}

/** Runs of days with measurements, without the long gaps between them. */
async function stretchesOf(store: Pick<Store, 'buckets'>, window: Window): Promise<Window[]> {
  const days = await store.buckets({ window, bucketMs: DAY_MS, by: ['platform'] });
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (const startMs of [...new Set(days.map((day) => day.startMs))].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && startMs - last.toMs <= GAP_DAYS_MAX * DAY_MS) last.toMs = startMs + DAY_MS;
    else stretches.push({ fromMs: startMs, toMs: startMs + DAY_MS });
  }
  return stretches;
}

async function foldStretch(
  { store, config, onProgress }: HistoryOptions,
  { fromMs, toMs }: Window,
): Promise<ReadonlyMap<string, Incident>> {
  let state = initialState(config);
  let incidents: ReadonlyMap<string, Incident> = new Map();
  for (let atMs = fromMs; atMs < toMs; atMs += WINDOWS_PER_READ * WINDOW_MS) {
    for (const window of await readWindows(store, atMs, WINDOW_MS, WINDOWS_PER_READ)) {
      const result = foldWindow(config, state, window);
      state = result.state;
      incidents = amended(incidents, result.changed, result.removed);
    }
    onProgress(Math.min(toMs, atMs + WINDOWS_PER_READ * WINDOW_MS));
  }
  return ended(state, incidents);
}

/** What was still open when nothing more was measured ends with its last evidence: nobody knows how it went on. */
function ended(
  { books }: DetectorState,
  incidents: ReadonlyMap<string, Incident>,
): ReadonlyMap<string, Incident> {
  const closed = new Map(incidents);
  for (const [id, { lastBadMs }] of Object.entries(books)) {
    const incident = closed.get(id);
    if (incident?.endMs !== null) continue;
    const endMs = Math.max(lastBadMs, incident.startMs);
    const members = incident.members.map((member) =>
      member.endMs === null ? { ...member, endMs: Math.max(endMs, member.startMs) } : member,
    );
    closed.set(id, { ...incident, status: 'restored', endMs, members });
  }
  return closed;
}
