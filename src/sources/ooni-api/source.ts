/**
 * OONI's API: which share of others' measurements of a platform failed oddly, per network and hour, and the changes that OONI's
 * detector found. The single measurements come with `aiqyn backfill ooni`.
 */
import { z } from 'zod';
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { fittingRows } from '../../polite/client.ts';
import { asnOf, COUNTRY, Gathering, utcMs } from '../source.ts';
import type { OutsideReading, OutsideSource, PollWindow, SourceOptions } from '../source.ts';

export const OONI_API_URL = 'https://api.ooni.org';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** OONI gives hours for a week at most. */
const HOURS_DAYS_MAX = 7;
const CHANGES_DAYS = 60;

/** What of a platform OONI is asked about. */
export interface AskedPlatform {
  readonly platform: string;
  /** OONI's test, such as `web_connectivity` or `telegram`. */
  readonly test: string;
  /** Of `web_connectivity`: the site's host; null for the tests of apps. */
  readonly domain: string | null;
}

const Aggregation = z.object({ result: z.array(z.unknown()) });
const Row = z.object({
  measurement_start_day: z.string(),
  probe_asn: z.union([z.number(), z.string()]).transform((asn) => String(asn).replace(/^AS/, '')),
  anomaly_count: z.number(),
  confirmed_count: z.number().default(0),
  failure_count: z.number().default(0),
  measurement_count: z.number(),
});
const Changes = z.object({ results: z.array(z.unknown()) });
const Change = z.object({
  probe_asn: z.union([z.number(), z.string()]).transform((asn) => String(asn).replace(/^AS/, '')),
  domain: z.string(),
  start_time: z.string(),
  change_dir: z.enum(['up', 'down']).nullish(),
  block_type: z.string().nullish(),
});
type Change = z.infer<typeof Change>;

export function createOoniApi(
  options: SourceOptions & { readonly platforms: readonly AskedPlatform[] },
): OutsideSource {
  return {
    id: 'ooni',
    everyMs: 30 * MINUTE_MS,
    // People's phones send what they measured when they can.
    overlapMs: 2 * DAY_MS,
    lookbackMs: (HOURS_DAYS_MAX - 1) * DAY_MS,
    client: options.client,
    poll: async (window, signal) => {
      const gathering = new Gathering();
      for (const platform of options.platforms)
        await askPlatform(options, platform, window, gathering, signal);
      await askChanges(options, window, gathering, signal);
      return gathering.answer();
    },
  };
}

/** Whole days; `until` is the first day that is not asked about. */
function daysOf({ sinceMs, untilMs }: PollWindow): { readonly since: string; readonly until: string } {
  const endMs = Math.floor(untilMs / DAY_MS) * DAY_MS + DAY_MS;
  const startMs = Math.max(sinceMs, endMs - HOURS_DAYS_MAX * DAY_MS);
  return { since: dayOf(startMs), until: dayOf(endMs) };
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

async function askPlatform(
  { url, client, watched }: SourceOptions,
  { platform, test, domain }: AskedPlatform,
  window: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({
    probe_cc: COUNTRY,
    test_name: test,
    ...(domain === null ? {} : { domain }),
    ...daysOf(window),
    axis_x: 'measurement_start_day',
    axis_y: 'probe_asn',
    time_grain: 'hour',
  });
  const question = { url: `${url}/api/v1/aggregation?${query.toString()}`, schema: Aggregation, ttlMs: 0 };
  const answer = await gathering.ask(client, platform, question, signal);
  const { rows, skipped } = fittingRows(Row, answer?.result ?? []);
  gathering.skip(skipped);
  gathering.readings(sharesOf(platform, rows, new Set(watched.operators)));
}

interface Sum {
  odd: number;
  all: number;
}

/** Of each hour, for the country and for each watched network; measurements that failed themselves do not count. */
function sharesOf(
  platform: string,
  rows: readonly z.infer<typeof Row>[],
  operators: ReadonlySet<string>,
): OutsideReading[] {
  const sums = new Map<string, Map<number, Sum>>();
  for (const row of rows) {
    const atMs = utcMs(row.measurement_start_day);
    if (atMs === null) continue;
    const operator = `AS${row.probe_asn}`;
    for (const entity of operators.has(operator) ? [COUNTRY, operator] : [COUNTRY]) {
      const hours = sums.get(entity) ?? new Map<number, Sum>();
      sums.set(entity, hours);
      const sum = hours.get(atMs) ?? { odd: 0, all: 0 };
      hours.set(atMs, sum);
      sum.odd += row.anomaly_count + row.confirmed_count;
      sum.all += Math.max(0, row.measurement_count - row.failure_count);
    }
  }
  return [...sums].flatMap(([entity, hours]) =>
    [...hours].flatMap(([atMs, { odd, all }]) => {
      if (all === 0) return [];
      const common = { source: 'ooni', entity, atMs };
      return [
        { ...common, signal: `anomalies.${platform}`, value: Math.min(1, odd / all) },
        { ...common, signal: `measurements.${platform}`, value: all },
      ];
    }),
  );
}

async function askChanges(
  { url, client, watched }: SourceOptions,
  window: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  // From its begin on, so that the end of a block finds its block.
  const since = dayOf(window.untilMs - CHANGES_DAYS * DAY_MS);
  const query = new URLSearchParams({ probe_cc: COUNTRY, since, until: daysOf(window).until });
  const question = {
    url: `${url}/api/v1/detector/changepoints?${query.toString()}`,
    schema: Changes,
    ttlMs: 0,
  };
  const answer = await gathering.ask(client, 'changes', question, signal);
  const { rows, skipped } = fittingRows(Change, answer?.results ?? []);
  gathering.skip(skipped);
  const own = new Set(watched.operators.map(asnOf));
  gathering.outages(blocksOf(rows.filter(({ probe_asn }) => own.has(probe_asn))));
}

/** A block begins with a change up and ends with the next one down of the same network, site and way. */
function blocksOf(changes: readonly Change[]): OutsideOutage[] {
  const timed = changes.flatMap((change) => {
    const atMs = utcMs(change.start_time);
    return atMs === null ? [] : [{ ...change, atMs }];
  });
  const open = new Map<string, OutsideOutage>();
  const over: OutsideOutage[] = [];
  for (const change of timed.toSorted((a, b) => a.atMs - b.atMs)) {
    const key = JSON.stringify([change.probe_asn, change.domain, change.block_type]);
    const block = open.get(key);
    if (change.change_dir === 'up' && block === undefined) open.set(key, blockOf(change, change.atMs));
    if (change.change_dir !== 'down' || block === undefined) continue;
    over.push({ ...block, endMs: change.atMs });
    open.delete(key);
  }
  return [...over, ...open.values()];
}

function blockOf({ probe_asn, domain, block_type }: Change, startMs: number): OutsideOutage {
  const way = block_type ?? '';
  return {
    id: `ooni:${probe_asn}:${domain}:${way}:${startMs}`,
    source: 'ooni',
    signal: 'changepoint',
    entity: `AS${probe_asn}`,
    startMs,
    endMs: null,
    cause: `${domain} ${way}`.trim(),
    score: null,
    url: null,
  };
}
