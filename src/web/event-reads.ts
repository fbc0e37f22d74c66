/** What the calendar's pages and their API read: claims with findings, and associations, computed at most every few minutes. */
import { associationSentence } from '../analysis/correlate/sentence.ts';
import { CLAIM_LOOKBACK_MS, examineClaim } from '../analysis/correlate/claims.ts';
import type { Claim, ClaimFinding } from '../analysis/correlate/claims.ts';
import { correlateStore, isConclusive } from '../events/correlation.ts';
import type { Correlation } from '../events/correlation.ts';
import type { AiqynEvent } from '../events/event.ts';
import type { Window } from '../store/store.ts';
import type { WebContext } from './context.ts';

const HOUR_MS = 3_600_000;
const CACHE_MS = 5 * 60_000;
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
    .filter(isConclusive)
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

async function correlate(context: WebContext): Promise<Correlation> {
  const found = await correlateStore(context.store, context.clock.nowMs());
  const tests = found.associations.filter(({ pValue }) => pValue !== null).length;
  // The numbers keep their ids; the sentence is for people.
  const associations = found.associations.map((one) => ({
    ...one,
    sentence: associationSentence({ ...one, platform: context.names.platform(one.platform) }, tests),
  }));
  return { ...found, associations };
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
