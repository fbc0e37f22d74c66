/** Sets everything that a store holds against its events: what the page shows, and what the series `association` keeps. */
import { setImmediate as others } from 'node:timers/promises';
import { associationSteps } from '../analysis/correlate/associate.ts';
import type { AssociationQuestion } from '../analysis/correlate/associate.ts';
import { ASSOCIATION_DEFAULTS } from '../analysis/correlate/association.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { blocksOf } from '../analysis/correlate/blocks.ts';
import type { Bucket, Store } from '../store/store.ts';
import type { AiqynEvent } from './event.ts';

const DAY_MS = 24 * 3_600_000;
const MEASURED_DAYS_MAX = 366;
const INCIDENTS_MAX = 1_000;

export interface Correlation {
  readonly associations: readonly Association[];
  /** Events that are known too roughly to be compared. */
  readonly leftOut: number;
}

/** Reports of blocks are not events that a block could follow. */
function isComparable({ kind, precision }: AiqynEvent): boolean {
  return precision !== 'month' && kind !== 'block' && kind !== 'shutdown';
}

/** A year takes seconds; after every step whoever waits is answered first. */
async function associateBesides(question: AssociationQuestion): Promise<Association[]> {
  const steps = associationSteps(question, ASSOCIATION_DEFAULTS);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await others();
  }
}

/** Whether anything in a bucket tells of the platform itself, and not only of our own trouble. */
export function isConclusive({ counts }: Pick<Bucket, 'counts'>): boolean {
  return counts.ok + counts.blocked + counts.throttled + counts.intercepted + counts.tampered > 0;
}

/** By platform the days with a conclusive verdict. */
function measuredDaysOf(days: readonly Bucket[]): Map<string, Set<number>> {
  const measured = new Map<string, Set<number>>();
  for (const day of days.filter(isConclusive)) {
    const [platform = ''] = day.group;
    measured.set(platform, (measured.get(platform) ?? new Set()).add(day.startMs));
  }
  return measured;
}

/** Over what was measured until `toMs`, at most a year of it; of a past that was taken in later, from `fromMs` on. */
export async function correlateStore(
  store: Pick<Store, 'extent' | 'events' | 'buckets' | 'incidents'>,
  toMs: number,
  fromMs = toMs - MEASURED_DAYS_MAX * DAY_MS,
): Promise<Correlation> {
  const { oldestMs } = await store.extent();
  if (oldestMs === null || oldestMs >= toMs) return { associations: [], leftOut: 0 };
  const window = { fromMs: Math.max(oldestMs, fromMs), toMs };
  const all = await store.events(window);
  const events = all.filter(isComparable);
  const days = await store.buckets({ window, bucketMs: DAY_MS, by: ['platform'] });
  const platforms = [...new Set(days.flatMap(({ group }) => group))].filter((id) => id !== 'control').sort();
  const blocks = blocksOf(await store.incidents({ window, limit: INCIDENTS_MAX }), toMs);
  return {
    associations: await associateBesides({
      window,
      events,
      blocks,
      platforms,
      measuredDays: measuredDaysOf(days),
    }),
    leftOut: all.filter(({ precision }) => precision === 'month').length,
  };
}
