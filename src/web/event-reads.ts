/** What the calendar's pages and their API read: claims with findings, and associations, computed at most every few minutes. */
import type { Association } from '../analysis/correlate/association.ts';
import { CLAIM_LOOKBACK_DAYS, examineClaim } from '../analysis/correlate/claims.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { Claim, ClaimFinding } from '../analysis/correlate/claims.ts';
import { correlateStore, isConclusive } from '../events/correlation.ts';
import type { Correlation as Found } from '../events/correlation.ts';
import type { AiqynEvent } from '../events/event.ts';
import { claimPlaces } from '../events/fact.ts';
import { dayStartMs } from '../events/local-time.ts';
import type { Window } from '../store/store.ts';
import type { WebContext } from './context.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CACHE_MS = 5 * 60_000;
const INCIDENTS_MAX = 1_000;
export const ALL_TIME: Window = { fromMs: -8.64e15, toMs: 8.64e15 };

export interface ClaimRow extends ClaimFinding {
  readonly event: AiqynEvent;
  readonly stance: Claim['stance'];
  /** What was examined, UTC epoch ms. */
  readonly window: Window;
  /** The days before it were examined too, because a statement names no time of its own. */
  readonly looksBack: boolean;
  /** Those that its parts name. */
  readonly incidents: readonly Incident[];
}

/** Whoever says something on a day speaks of the days before it; of a whole month no days before it are meant. */
function looksBack({ kind, precision }: AiqynEvent): boolean {
  return kind === 'statement' && precision !== 'month';
}

/** What is known to the day is examined over whole days of the place's own calendar; a month is whole already. */
function examinedWindow(event: AiqynEvent, timeZone: string): Window {
  const { precision, startMs, endMs } = event;
  const days = looksBack(event) ? CLAIM_LOOKBACK_DAYS : 0;
  if (precision !== 'day') return { fromMs: startMs - days * DAY_MS, toMs: endMs };
  return {
    fromMs: dayStartMs(startMs, timeZone, -days),
    toMs: dayStartMs(Math.max(startMs, endMs - 1), timeZone, 1),
  };
}

/** Null for an event that neither confirms nor denies. */
function claimOf({ names }: WebContext, event: AiqynEvent): Claim | null {
  const stance = event.claim?.stance;
  if (stance !== 'confirms' && stance !== 'denies') return null;
  const { id, platforms } = event;
  const zone = names.timeZone(event.places[0]);
  const operators = (event.claim?.operators ?? []).map((name) => ({ name, asns: names.asnsOf(name) }));
  return { id, stance, platforms, operators, places: claimPlaces(event), ...examinedWindow(event, zone) };
}

async function examined(
  context: WebContext,
  claim: Claim,
): Promise<ClaimFinding & Pick<ClaimRow, 'incidents'>> {
  const { store, names } = context;
  const known = names.platforms;
  const { oldestMs } = await store.extent();
  const window = { fromMs: claim.fromMs, toMs: Math.max(claim.toMs, claim.fromMs + 1) };
  if (oldestMs === null || oldestMs >= window.toMs)
    return { ...examineClaim(claim, { incidents: [], measured: [], known }), incidents: [] };
  const buckets = await store.buckets({
    window,
    bucketMs: HOUR_MS,
    by: ['platform', 'operator', 'place', 'access'],
  });
  const measured = buckets
    .filter(isConclusive)
    .map(({ startMs, group: [platform = '', operator = '', place = '', access = ''] }) => ({
      startMs,
      platform,
      operator,
      place,
      access,
    }));
  const incidents = await store.incidents({ window, limit: INCIDENTS_MAX });
  const finding = examineClaim(claim, { incidents, measured, known });
  const named = new Set(finding.parts.flatMap(({ incidentIds }) => incidentIds));
  return { ...finding, incidents: incidents.filter(({ id }) => named.has(id)) };
}

/** Newest first. */
async function readClaims(context: WebContext): Promise<readonly ClaimRow[]> {
  const rows: ClaimRow[] = [];
  for (const event of (await context.store.events(ALL_TIME)).toReversed()) {
    const claim = claimOf(context, event);
    if (claim === null) continue;
    const { stance, fromMs, toMs } = claim;
    const finding = await examined(context, claim);
    rows.push({ event, stance, window: { fromMs, toMs }, looksBack: looksBack(event), ...finding });
  }
  return rows;
}

export interface Correlation extends Found {
  /** How many of its associations were tested; the correction was made for so many. */
  readonly tests: number;
}

async function correlate(context: WebContext): Promise<Correlation> {
  const found = await correlateStore(context.store, context.clock.nowMs());
  return { ...found, tests: found.associations.filter(({ pValue }) => pValue !== null).length };
}

/** The sentence of an association, with names in place of ids. */
export function associationText(
  { messages, names }: Pick<WebContext, 'messages' | 'names'>,
  association: Association,
  tests: number,
): string {
  const { platform, operator } = association;
  const named = {
    platform: names.platform(platform),
    operator: operator === null ? null : names.operator(operator),
  };
  return messages.association.sentence({ ...association, ...named }, tests);
}

/** One answer for everybody who asks within five minutes; a failure is not kept. */
export function kept<Answer>(
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
