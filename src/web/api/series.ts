/** Verdict counts per time step. Bounded: at most STEPS_MAX steps and ROWS_MAX rows. */
import type { Group, Scope } from '../../store/store.ts';
import type { WebContext } from '../context.ts';
import { RequestError } from './problem.ts';
import { SERIES_BUCKETS, SERIES_GROUPS } from './schemas.ts';
import type { SeriesQuery } from './schemas.ts';
import { SERIES_WINDOW_MAX_DAYS, windowOf } from './window.ts';

const STEPS_MAX = 2_016;
const ROWS_MAX = 50_000;
const SCOPE_KEYS = ['platform', 'operator', 'place', 'access', 'target'] as const;

function scopeOf(query: SeriesQuery): Scope {
  const named = SCOPE_KEYS.flatMap((key) => (query[key] === undefined ? [] : [[key, query[key]] as const]));
  return Object.fromEntries(named);
}

/** Windows are widened to whole buckets, so that none is cut and none tells a finer instant. */
export async function readSeries(context: WebContext, query: SeriesQuery) {
  const { api } = context.messages;
  const asked = windowOf(context, query, SERIES_WINDOW_MAX_DAYS);
  const bucketMs = SERIES_BUCKETS[query.bucket] * 60_000;
  const window = {
    fromMs: Math.floor(asked.fromMs / bucketMs) * bucketMs,
    toMs: Math.ceil(asked.toMs / bucketMs) * bucketMs,
  };
  const steps = (window.toMs - window.fromMs) / bucketMs;
  if (steps > STEPS_MAX) throw new RequestError(400, api.tooMany(steps, STEPS_MAX));
  const by: Group[] = SERIES_GROUPS.filter((group) => query.by.split(',').includes(group));
  const buckets = await context.store.buckets({ window, bucketMs, by, scope: scopeOf(query) });
  if (buckets.length > ROWS_MAX) throw new RequestError(400, api.tooManyRows(ROWS_MAX));
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    bucketSeconds: bucketMs / 1_000,
    by,
    rows: buckets.map((bucket) => ({
      start: new Date(bucket.startMs).toISOString(),
      group: Object.fromEntries(by.map((name, index) => [name, bucket.group[index] ?? ''])),
      counts: bucket.counts,
      meanScore: bucket.meanScore,
      medianTotalMs: bucket.medianTotalMs,
      medianBytesPerSecond: bucket.medianBytesPerSecond,
    })),
  };
}
