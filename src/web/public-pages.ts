/** Every page that a search engine may list: here alone. */
import type { Incident } from '../analysis/detect/point.ts';
import type { WebContext } from './context.ts';
import { roundedMs } from './rounding.ts';

const INCIDENTS_AT_ONCE = 1_000;
/** A sitemap may have 50,000 addresses; each page has one in every language. */
const INCIDENTS_MAX = 15_000;

export interface PublicPage {
  readonly path: string;
  /** When it last changed, UTC epoch ms, rounded; null where nobody can say. */
  readonly changedMs: number | null;
}

/** The newest first; asked for in parts, each before the one before. */
async function allIncidents({ store }: WebContext): Promise<Incident[]> {
  const found = new Map<string, Incident>();
  let toMs = Number.MAX_SAFE_INTEGER;
  while (found.size < INCIDENTS_MAX) {
    const window = { fromMs: -8.64e15, toMs: Math.min(toMs, 8.64e15) };
    const part = await store.incidents({ window, limit: INCIDENTS_AT_ONCE });
    for (const incident of part) found.set(incident.id, incident);
    const oldestMs = part.at(-1)?.startMs ?? toMs;
    if (part.length < INCIDENTS_AT_ONCE || oldestMs >= toMs) break;
    toMs = oldestMs + 1;
  }
  return [...found.values()];
}

function changedMs(incident: Incident): number {
  const { detectedAtMs, endMs, members, openings } = incident;
  const instants = [
    detectedAtMs,
    endMs ?? detectedAtMs,
    ...members.map(({ startMs }) => startMs),
    ...openings.map((opening) => opening.endMs),
  ];
  return roundedMs(instants.reduce((latest, atMs) => Math.max(latest, atMs)));
}

/** Paths as they are without a language. */
export async function publicPages(context: WebContext): Promise<PublicPage[]> {
  const { store, names } = context;
  const incidents = await allIncidents(context);
  const { newestMs } = await store.extent();
  const measuredMs = newestMs === null ? null : roundedMs(newestMs);
  const lastIncidentMs = incidents.length === 0 ? null : Math.max(...incidents.map(changedMs));
  const closed = context.transparency?.read().days.at(-1);
  return [
    { path: '/', changedMs: measuredMs },
    { path: '/incidents', changedMs: lastIncidentMs },
    ...['/history', '/calendar', '/correlation', '/claims', '/method', '/safety', '/data'].map((path) => ({
      path,
      changedMs: null,
    })),
    ...['/timeline', '/vantages', '/outside'].map((path) => ({ path, changedMs: measuredMs })),
    {
      path: '/transparency',
      changedMs: closed === undefined ? null : roundedMs(Date.parse(closed.closedAt)),
    },
    ...names.platforms.map((id) => ({ path: `/platforms/${encodeURIComponent(id)}`, changedMs: measuredMs })),
    ...incidents.map((incident) => ({
      path: `/incidents/${encodeURIComponent(incident.id)}`,
      changedMs: changedMs(incident),
    })),
  ];
}
