/**
 * How long a dashboard over 90 days takes: every query of every panel, as Grafana asks it, of a real InfluxDB with ten
 * vantages; and the questions behind them of DuckDB, through the store's port.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../probes/net/clock.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAddress } from '../support/address.ts';
import { generatedDashboards } from '../support/dashboards.ts';
import { framesOf, intervalOf, withMacros, withVariables } from '../support/grafana.ts';
import type { TimeRange } from '../support/grafana.ts';
import { startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const DATABASE = 'bench';
const DAYS = 90;
const DAY_MS = 86_400_000;
const RANGE: TimeRange = { fromMs: T0_MS, toMs: T0_MS + DAYS * DAY_MS };
/** A check of each target every two hours: a real plan makes more, which rollups then carry after 30 days. */
const STEP_MS = 120 * MINUTE_MS;
const STEPS_PER_BATCH = 24;
const OPERATORS = ['AS9198', 'AS29355', 'AS21299', 'AS48503', 'AS206026'];
const PLACES = ['almaty', 'astana', 'shymkent'];
const PLATFORMS = ['youtube', 'facebook', 'instagram', 'telegram', 'whatsapp', 'vk', 'tiktok', 'press'];
const TARGETS_PER_PLATFORM = 2;
const VANTAGES = Array.from({ length: 10 }, (_, n) => ({
  vantage: `vantage-${n}`,
  operator: OPERATORS[n % OPERATORS.length] ?? '',
  place: PLACES[n % PLACES.length] ?? '',
  access: n % 2 === 0 ? 'mobile' : 'fixed',
}));
const BLOCKED_SHARE = 0.02;

function* points(): Generator<ReachabilityPoint[]> {
  const random = seededRandom(3);
  const batch: ReachabilityPoint[] = [];
  let step = 0;
  for (let roundMs = RANGE.fromMs; roundMs < RANGE.toMs; roundMs += STEP_MS) {
    let n = 0;
    for (const vantage of VANTAGES) {
      for (const platform of PLATFORMS) {
        for (let target = 0; target < TARGETS_PER_PLATFORM; target += 1) {
          n += 1;
          const atMs = roundMs + n * 100;
          const make = random() < BLOCKED_SHARE ? aBlockedPoint : aPoint;
          const timed = { dnsMs: random() * 30, tcpMs: random() * 60, tlsMs: random() * 90 };
          const rates = { ttfbMs: random() * 200, totalMs: random() * 500, bytesPerSecond: random() * 1e6 };
          const names = { ...vantage, platform, target: `${platform}-${target}` };
          batch.push(make({ ...names, ...timed, ...rates, id: idAt(atMs, n), atMs }));
        }
      }
    }
    step += 1;
    if (step % STEPS_PER_BATCH === 0) yield batch.splice(0);
  }
  yield batch;
}

async function fill(store: Store): Promise<number> {
  let rows = 0;
  for (const batch of points()) {
    await store.writePoints(batch);
    rows += batch.length;
  }
  for (let atMs = RANGE.fromMs; atMs < RANGE.toMs; atMs += DAY_MS) {
    const beats = Array.from({ length: DAY_MS / STEP_MS }, (_, n) => atMs + n * STEP_MS);
    await store.writeHeartbeats(
      beats.flatMap((beatMs) => VANTAGES.map((vantage) => aHeartbeat({ ...vantage, atMs: beatMs }))),
    );
  }
  return rows;
}

async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round(performance.now() - startedMs);
}

async function askDashboards(influxd: Influxd): Promise<Record<string, number>> {
  const times: { readonly label: string; readonly ms: number }[] = [];
  for (const [board, dashboard] of generatedDashboards()) {
    for (const panel of dashboard.panels) {
      for (const query of panel.targets) {
        const text = withVariables(query.query, dashboard, {}, RANGE);
        const influxql = withMacros(text, RANGE, intervalOf(panel, RANGE));
        const ms = await timedMs(async () =>
          framesOf(async (asked) => influxd.query(asked, DATABASE), influxql, query),
        );
        times.push({ label: `${board}: ${panel.title} (${query.refId})`, ms });
      }
    }
  }
  const sorted = times.toSorted((a, b) => b.ms - a.ms);
  for (const { label, ms } of sorted.slice(0, 3)) console.error(`  ${ms} ms  ${label}`);
  return {
    dashboardQueries: times.length,
    dashboardSlowestQueryMs: sorted[0]?.ms ?? 0,
    dashboardMedianQueryMs: sorted[Math.floor(sorted.length / 2)]?.ms ?? 0,
    dashboardAllQueriesMs: times.reduce((sum, { ms }) => sum + ms, 0),
  };
}

/** The same questions of a store through its port: status over time, scores by operator, what is so now. */
async function askStore(store: Store, prefix: string): Promise<Record<string, number>> {
  const bucketMs = DAY_MS;
  return {
    [`${prefix}HistoryMs`]: await timedMs(async () =>
      store.buckets({ window: RANGE, bucketMs, by: ['platform', 'operator'] }),
    ),
    [`${prefix}OperatorsMs`]: await timedMs(async () =>
      store.buckets({ window: RANGE, bucketMs: bucketMs / 4, by: ['operator'] }),
    ),
    [`${prefix}NowMs`]: await timedMs(async () => store.statusNow({ nowMs: RANGE.toMs, freshMs: STEP_MS })),
  };
}

async function benchInfluxdb(): Promise<Record<string, number>> {
  const influxd = await startInfluxd();
  try {
    const store = await openInfluxStore({
      address: anAddress({ url: influxd.url, database: DATABASE }),
      clock: systemClock(),
      log: silentLog,
      setAside: async (_content, reason) => {
        throw new Error(reason);
      },
    });
    const dashboardPoints = await fill(store);
    const answers = {
      dashboardPoints,
      ...(await askDashboards(influxd)),
      ...(await askStore(store, 'influx90Days')),
    };
    await store.close();
    return answers;
  } finally {
    await influxd.stop();
  }
}

async function benchDuckdb(): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'aiqyn-bench-'));
  const store = await openDuckdbStore({ file: join(dir, 'store.duckdb'), log: silentLog });
  try {
    await fill(store);
    return await askStore(store, 'duckdb90Days');
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Needs `influxd`; says so where it is not installed. */
export async function benchDashboards(): Promise<Record<string, number>> {
  return { ...(await benchInfluxdb()), ...(await benchDuckdb()) };
}
