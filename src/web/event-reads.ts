/** What the calendar's pages and their API read: claims with findings, and associations, computed at most every few minutes. */
import { setImmediate as others } from 'node:timers/promises';
import { associationSteps } from '../analysis/correlate/associate.ts';
import type { AssociationQuestion } from '../analysis/correlate/associate.ts';
import { ASSOCIATION_DEFAULTS } from '../analysis/correlate/association.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { associationSentence } from '../analysis/correlate/sentence.ts';
import { blocksOf } from '../analysis/correlate/blocks.ts';
import { CLAIM_LOOKBACK_MS, examineClaim } from '../analysis/correlate/claims.ts';
import type { Claim, ClaimFinding } from '../analysis/correlate/claims.ts';
import type { AiqynEvent } from '../events/event.ts';
import type { Window } from '../store/store.ts';
import type { WebContext } from './context.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CACHE_MS = 5 * 60_000;
const MEASURED_DAYS_MAX = 366;
const INCIDENTS_MAX = 1_000;
export const ALL_TIME: Window = { fromMs: -8.64e15, toMs: 8.64e15 };

export interface ClaimRow extends ClaimFinding {
  readonly event: AiqynEvent;
  readonly stance: Claim['stance'];
}

/** A statement's own place is where it was made, not what it speaks of. */
function claimOf(event: AiqynEvent): Claim | null {
  const stance = event.claim?.stance;
  if (stance !== 'confirms' && stance !== 'denies') return null;
  const isStatement = event.kind === 'statement';
  const { id, platforms, startMs, endMs } = event;
  const fromMs = isStatement && event.precision !== 'month' ? startMs - CLAIM_LOOKBACK_MS : startMs;
  return { id, stance, platforms, places: isStatement ? [] : event.places, fromMs, toMs: endMs };
}

async function examined(context: WebContext, claim: Claim): Promise<ClaimFinding> {
  const { store, names } = context;
  const { oldestMs } = await store.extent();
  const window = { fromMs: claim.fromMs, toMs: Math.max(claim.toMs, claim.fromMs + 1) };
  if (oldestMs === null || oldestMs >= window.toMs) return examineClaim(claim, [], [], names.platforms);
  const buckets = await store.buckets({ window, bucketMs: HOUR_MS, by: ['platform', 'place'] });
  const measured = buckets
    .filter(
      ({ counts }) =>
        counts.ok + counts.blocked + counts.throttled + counts.intercepted + counts.tampered > 0,
    )
    .map(({ startMs, group: [platform = '', place = ''] }) => ({ startMs, platform, place }));
  const incidents = await store.incidents({ window, limit: INCIDENTS_MAX });
  return examineClaim(claim, incidents, measured, names.platforms);
}

async function readClaims(context: WebContext): Promise<readonly ClaimRow[]> {
  const rows: ClaimRow[] = [];
  for (const event of await context.store.events(ALL_TIME)) {
    const claim = claimOf(event);
    if (claim !== null) rows.push({ event, stance: claim.stance, ...(await examined(context, claim)) });
  }
  return rows;
}

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

async function correlate(context: WebContext): Promise<Correlation> {
  const { store, clock } = context;
  const toMs = clock.nowMs();
  const { oldestMs } = await store.extent();
  if (oldestMs === null || oldestMs >= toMs) return { associations: [], leftOut: 0 };
  const window = { fromMs: Math.max(oldestMs, toMs - MEASURED_DAYS_MAX * DAY_MS), toMs };
  const all = await store.events(window);
  const events = all.filter(isComparable);
  const days = await store.buckets({ window, bucketMs: DAY_MS, by: ['platform'] });
  const platforms = [...new Set(days.flatMap(({ group }) => group))].filter((id) => id !== 'control').sort();
  const blocks = blocksOf(await store.incidents({ window, limit: INCIDENTS_MAX }), toMs);
  const found = await associateBesides({ window, events, blocks, platforms });
  const tests = found.filter(({ pValue }) => pValue !== null).length;
  // The numbers keep their ids; the sentence is for people.
  const associations = found.map((one) => ({
    ...one,
    sentence: associationSentence({ ...one, platform: context.names.platform(one.platform) }, tests),
  }));
  return { associations, leftOut: all.filter(({ precision }) => precision === 'month').length };
}

/** One answer for everybody who asks within five minutes; a failure is not kept. */
function kept<Answer>(
  context: WebContext,
  read: (context: WebContext) => Promise<Answer>,
): () => Promise<Answer> {
  let last: { readonly atMs: number; readonly answer: Promise<Answer> } | null = null;
  return async () => {
    const atMs = context.clock.monotonicMs();
    if (last !== null && atMs - last.atMs < CACHE_MS) return last.answer;
    const answer = read(context);
    last = { atMs, answer };
    answer.catch(() => {
      last = null;
    });
    return answer;
  };
}

/** What pages and API read alike, each made at most every five minutes. */
export interface EventReader {
  readonly claims: () => Promise<readonly ClaimRow[]>;
  readonly correlation: () => Promise<Correlation>;
}

export function createEventReader(context: WebContext): EventReader {
  return { claims: kept(context, readClaims), correlation: kept(context, correlate) };
}
