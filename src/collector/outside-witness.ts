/**
 * What the sweep saw from outside, beside what vantages say: a fall of an operator's networks at the time of its shutdown makes the incident
 * surer and is named in it. The sweep opens no incident (docs/decisions/0010).
 */
import type { Incident } from '../analysis/detect/point.ts';
import { dropsDuring, sweepDrops } from '../analysis/detect/sweep-drops.ts';
import type { SweepDrop } from '../analysis/detect/sweep-drops.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Store } from '../store/store.ts';

const DAY_MS = 86_400_000;
/** Read before an incident, so that what was usual is known. */
const WARM_UP_MS = 7 * DAY_MS;
/** A round of the sweep sees a cut only when its turn comes. */
const SLACK_MS = 30 * 60_000;
/** Rounds take minutes: asked again at most so often. */
const FRESH_MS = 60_000;
const INCIDENT_DAYS_MAX = 14;
const NAMED_MAX = 4;

export type OutsideWitness = (incidents: readonly Incident[]) => Promise<readonly Incident[]>;

export function createOutsideWitness(
  store: Pick<Store, 'sweeps'>,
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>,
): OutsideWitness {
  let known: {
    readonly fromMs: number;
    readonly readMs: number;
    readonly drops: readonly SweepDrop[];
  } | null = null;

  async function dropsSince(fromMs: number): Promise<readonly SweepDrop[]> {
    const readMs = clock.monotonicMs();
    if (known !== null && known.fromMs <= fromMs && readMs - known.readMs < FRESH_MS) return known.drops;
    const points = await store.sweeps({ fromMs, toMs: clock.nowMs() + 1 });
    known = { fromMs, readMs, drops: sweepDrops(points) };
    return known.drops;
  }

  return async (incidents) => {
    const starts = incidents.filter(isShutdown).map(({ startMs }) => startMs);
    if (starts.length === 0) return incidents;
    const earliestMs = Math.max(Math.min(...starts), clock.nowMs() - INCIDENT_DAYS_MAX * DAY_MS);
    const drops = await dropsSince(Math.floor((earliestMs - WARM_UP_MS) / DAY_MS) * DAY_MS);
    return drops.length === 0 ? incidents : incidents.map((incident) => corroborated(incident, drops));
  };
}

function isShutdown({ kind }: Incident): boolean {
  return kind === 'shutdown' || kind === 'mobile_shutdown';
}

/** Half of the doubt goes with the first operator that fell, and half of what is left with each further one. */
function corroborated(incident: Incident, drops: readonly SweepDrop[]): Incident {
  if (!isShutdown(incident)) return incident;
  const seen = dropsDuring(drops, incident, SLACK_MS);
  const operators = [...new Set(seen.map(({ operator }) => operator))];
  if (operators.length === 0) return incident;
  const said = operators.slice(0, NAMED_MAX).flatMap((operator) => {
    const drop = seen.find((one) => one.operator === operator);
    return drop === undefined ? [] : [sentenceOf(drop)];
  });
  // What was published before the fold's time comes as it was saved.
  if (said.every((sentence) => incident.reasons.includes(sentence))) return incident;
  const confidence = 1 - (1 - incident.confidence) * 0.5 ** operators.length;
  return { ...incident, confidence, reasons: [...incident.reasons, ...said] };
}

/** The lowest share is not said: it moves while the fall goes on, and with it the incident would. */
function sentenceOf({ operator, before }: SweepDrop): string {
  return `From outside, networks of ${operator} fell silent, of which ${Math.round(before * 100)} % had answered.`;
}
