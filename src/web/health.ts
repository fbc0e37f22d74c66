/** Whether the monitor itself works: not whether the internet does. */
import { errorText } from './error-text.ts';
import type { WebContext } from './context.ts';

const MINUTE_MS = 60_000;
/** The light checks run every minute; a quarter of an hour without one is our own failure. */
const STALE_MS = 15 * MINUTE_MS;
const LAG_MAX_MS = 10 * MINUTE_MS;

export interface Health {
  readonly isOk: boolean;
  /** Sentences for people. */
  readonly reasons: readonly string[];
}

function minutes(durationMs: number): number {
  return Math.round(durationMs / MINUTE_MS);
}

function freshness(context: WebContext, newestMs: number | null): string | null {
  const { health } = context.messages;
  const notice = context.notice();
  // A demo that has ended stays open to be looked at.
  if (notice.mode === 'demo') return null;
  const nowMs = context.clock.nowMs();
  const sinceStartMs = nowMs - notice.startedAtMs;
  if (sinceStartMs <= STALE_MS) return null;
  if (newestMs === null) return health.noData(minutes(sinceStartMs));
  return nowMs - newestMs > STALE_MS ? health.stale(minutes(nowMs - newestMs)) : null;
}

/** Asks the store and the notice; never throws. */
export async function readHealth(context: WebContext): Promise<Health> {
  const { health } = context.messages;
  const notice = context.notice();
  const reasons = [...notice.problems];
  try {
    const { newestMs } = await context.store.extent();
    const stale = freshness(context, newestMs);
    if (stale !== null) reasons.push(stale);
  } catch (error) {
    // The detector, which asks all the time, has said so once; the answer says it each time.
    context.log.debug({ error: errorText(error) }, 'the store does not answer the health check');
    reasons.push(health.store);
  }
  const lagMs = notice.detectorLagMs ?? 0;
  if (notice.mode === 'monitor' && lagMs > LAG_MAX_MS) reasons.push(health.lag(minutes(lagMs)));
  return { isOk: reasons.length === 0, reasons };
}
