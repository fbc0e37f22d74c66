/** Buckets; where raw points are forgotten by now, from the rollups that `aiqyn store init` set up. */
import { z } from 'zod';
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import { FOREVER_POLICY, ROLLUP_FIELDS, SERIES } from '../fields.ts';
import { requireBucket } from '../query-limits.ts';
import type { Bucket, Group, Store, Window } from '../store.ts';
import { answers } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { FIVE_MINUTES_KEPT_MS, FIVE_MINUTES_POLICY } from './layout.ts';
import type { Layout } from './layout.ts';
import { compare, narrow } from './read-points.ts';
import type { Row } from './rows.ts';
import { fromTagValue, instant, name, within } from './text.ts';

type Question = Parameters<Store['buckets']>[0];
const HOUR_MS = 3_600_000;
/** A rollup's newest buckets may still be written; raw data reaches a little further back than it must. */
const MARGIN_MS = HOUR_MS;

const SUMS = STATUSES.map((status) => `sum(${name(status)}) AS ${name(`n_${status}`)}`).join(', ');
const MEDIANS = ['total_ms', 'bytes_per_s']
  .map((field) => `median(${name(field)}) AS ${name(field)}`)
  .join(', ');
const FROM_RAW = `${SUMS}, sum("score") AS "score_sum", count("score") AS "n", ${MEDIANS}`;
/** A median of medians is near the median, and the only one that rollups can give. */
const FROM_ROLLUP = `${SUMS}, sum(${name(ROLLUP_FIELDS.scoreSum)}) AS "score_sum", sum(${name(ROLLUP_FIELDS.count)}) AS "n", ${MEDIANS}`;

export async function readBuckets(
  connection: InfluxConnection,
  question: Question,
  layout: Layout,
  nowMs: number,
): Promise<Bucket[]> {
  requireBucket(question.bucketMs);
  const parts = partsOf(question.window, question.bucketMs, layout, nowMs);
  const buckets: Bucket[] = [];
  for (const { window, policy } of parts) {
    if (window.fromMs < window.toMs) buckets.push(...(await readPart(connection, question, window, policy)));
  }
  return buckets.sort(compareBuckets);
}

interface Stretch {
  readonly window: Window;
  /** Null: raw points. */
  readonly policy: string | null;
}

/** The oldest stretch from the hourly rollup, then the five-minute one, then raw points; cut between whole buckets. */
function partsOf({ fromMs, toMs }: Window, bucketMs: number, layout: Layout, nowMs: number): Stretch[] {
  const { rawKeptMs, hasRollups } = layout;
  if (!hasRollups || rawKeptMs === null) return [{ window: { fromMs, toMs }, policy: null }];
  const step = Math.max(bucketMs, HOUR_MS);
  function cut(keptMs: number): number {
    const edgeMs = Math.ceil((nowMs - keptMs + MARGIN_MS) / step) * step;
    return Math.min(Math.max(edgeMs, fromMs), toMs);
  }
  const fiveMinutesMs = cut(FIVE_MINUTES_KEPT_MS);
  const rawMs = Math.max(cut(rawKeptMs), fiveMinutesMs);
  return [
    { window: { fromMs, toMs: fiveMinutesMs }, policy: FOREVER_POLICY },
    { window: { fromMs: fiveMinutesMs, toMs: rawMs }, policy: FIVE_MINUTES_POLICY },
    { window: { fromMs: rawMs, toMs }, policy: null },
  ];
}

async function readPart(
  connection: InfluxConnection,
  { bucketMs, by, scope }: Question,
  window: Window,
  policy: string | null,
): Promise<Bucket[]> {
  const series = policy === null ? name(SERIES.reachability) : `${name(policy)}.${name(SERIES.reachability)}`;
  const groups = [`time(${instant(bucketMs)})`, ...[...new Set(by)].map(name)].join(', ');
  const selection = policy === null ? FROM_RAW : FROM_ROLLUP;
  const question = `SELECT ${selection} FROM ${series} WHERE ${within(window.fromMs, window.toMs)}${narrow(scope)} GROUP BY ${groups} fill(none)`;
  const buckets: Bucket[] = [];
  for await (const { row } of answers(connection, question)) buckets.push(bucketOf(row, by));
  return buckets;
}

const Count = z.number().nullable().default(0);
const MaybeNumber = z.number().nullable();
const BucketRow = z.object({
  time: z.number(),
  n: z.number().nullable(),
  score_sum: z.number().nullable(),
  total_ms: MaybeNumber,
  bytes_per_s: MaybeNumber,
});
const Tag = z.string().nullish();

function bucketOf(row: Row, by: readonly Group[]): Bucket {
  const { time, n, score_sum, total_ms, bytes_per_s } = BucketRow.parse(row);
  function counted(status: Status): number {
    return Count.parse(row[`n_${status}`]) ?? 0;
  }
  return {
    startMs: time / 1_000,
    group: by.map((group) => fromTagValue(Tag.parse(row[group]) ?? '')),
    counts: {
      ok: counted('ok'),
      blocked: counted('blocked'),
      throttled: counted('throttled'),
      intercepted: counted('intercepted'),
      tampered: counted('tampered'),
      down: counted('down'),
      offline: counted('offline'),
      inconclusive: counted('inconclusive'),
    },
    meanScore: n === null || n === 0 ? 0 : (score_sum ?? 0) / n,
    medianTotalMs: total_ms,
    medianBytesPerSecond: bytes_per_s,
  };
}

function compareBuckets(left: Bucket, right: Bucket): number {
  if (left.startMs !== right.startMs) return left.startMs - right.startMs;
  for (const [index, value] of left.group.entries()) {
    const order = compare(value, right.group[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
