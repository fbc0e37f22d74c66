/** What the sweep's series says, for pages and API. */
import type { Incident, SweepPoint } from '../analysis/detect/point.ts';
import { dropsDuring, sweepDrops } from '../analysis/detect/sweep-drops.ts';
import type { SweepDrop } from '../analysis/detect/sweep-drops.ts';
import type { Window } from '../store/store.ts';
import type { WebContext } from './context.ts';
import { operatorName } from './overview/network.ts';
import { longTime } from './overview/sentences.ts';

const DAY_MS = 86_400_000;
/** A vantage that was heard so lately is one that could tell. */
const WITNESS_MS = 7 * DAY_MS;
/** Read before a window, so that what was usual is known. */
const WARM_UP_MS = 7 * DAY_MS;
/** A round of the sweep sees a cut only when its turn comes. */
const SLACK_MS = 30 * 60_000;

export interface SweepReading {
  /** Within the window. */
  readonly points: readonly SweepPoint[];
  /** Drops that touch the window. */
  readonly drops: readonly SweepDrop[];
}

export async function readSweep({ store }: Pick<WebContext, 'store'>, window: Window): Promise<SweepReading> {
  const points = await store.sweeps({ fromMs: window.fromMs - WARM_UP_MS, toMs: window.toMs });
  return {
    points: points.filter(({ atMs }) => atMs >= window.fromMs),
    drops: sweepDrops(points).filter(({ endMs }) => endMs === null || endMs >= window.fromMs),
  };
}

/** A fall that goes on. */
export interface OpenFall {
  readonly drop: SweepDrop;
  /** Whether a vantage was in that operator's network in the last week: else nothing from inside can confirm it. */
  readonly isWatched: boolean;
}

export async function openFalls({ store, clock }: Pick<WebContext, 'store' | 'clock'>): Promise<OpenFall[]> {
  const nowMs = clock.nowMs();
  const { drops } = await readSweep({ store }, { fromMs: nowMs - DAY_MS, toMs: nowMs + 1 });
  const open = drops.filter(({ endMs }) => endMs === null);
  if (open.length === 0) return [];
  const watched = new Set(
    (await store.vantagesNow())
      .filter(({ atMs }) => nowMs - atMs < WITNESS_MS)
      .map(({ operator }) => operator),
  );
  return open.map((drop) => ({ drop, isWatched: watched.has(drop.operator) }));
}

export function dropSentence(context: WebContext, drop: SweepDrop): string {
  const { sweep } = context.messages;
  const zone = context.names.timeZone(drop.place);
  const operator = operatorName(drop.operator, context.names, context.messages);
  const from = longTime(context, drop.startMs, zone);
  if (drop.endMs === null) return sweep.fell(operator, from, drop.before, drop.lowest);
  return sweep.fellAndRose(operator, from, longTime(context, drop.endMs, zone), drop.before, drop.lowest);
}

const OF_NETWORKS: ReadonlySet<Incident['kind']> = new Set([
  'mobile_shutdown',
  'shutdown',
  'allow_list',
  'vantage_silent',
]);

/** What the sweep says of an incident of networks, for it or against it; empty where it says nothing. */
export async function sweepSentences(context: WebContext, incident: Incident): Promise<string[]> {
  if (!OF_NETWORKS.has(incident.kind)) return [];
  const toMs = (incident.endMs ?? context.clock.nowMs()) + SLACK_MS;
  const { points, drops } = await readSweep(context, { fromMs: incident.startMs - SLACK_MS, toMs });
  const matching = dropsDuring(drops, incident, SLACK_MS);
  const silent = new Set(matching.map(({ operator }) => operator));
  const well = incident.operators.filter(
    (operator) => !silent.has(operator) && points.some((point) => point.operator === operator),
  );
  const sentences = matching.map((drop) => dropSentence(context, drop));
  if (well.length === 0) return sentences;
  const { words, sweep } = context.messages;
  const named = well.map((operator) => operatorName(operator, context.names, context.messages));
  return [...sentences, sweep.asUsual(words.list(named))];
}
