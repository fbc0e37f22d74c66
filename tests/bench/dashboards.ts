/**
 * How long a dashboard over 90 days takes: every query of every panel, as Grafana asks it, of a real InfluxDB with ten
 * vantages; and the questions behind them of DuckDB, through the store's port. Raw points all the way, as where nobody ran
 * `aiqyn store init`: with it, what is older than 30 days is hourly sums, and a question reads a third of this.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { systemClock } from '../../probes/net/clock.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import type { Heartbeat, ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import { lineOfHeartbeat, lineOfPoint } from '../../src/store/influx/rows.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAddress } from '../support/address.ts';
import { generatedDashboards } from '../support/dashboards.ts';
import { framesOf, intervalOf, withMacros, withVariables } from '../support/grafana.ts';
import type { Choices, Dashboard, TimeRange } from '../support/grafana.ts';
import { startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const DATABASE = 'bench';
const DAYS = 90;
const DAY_MS = 86_400_000;
const RANGE: TimeRange = { fromMs: T0_MS, toMs: T0_MS + DAYS * DAY_MS };
/** Each vantage checks 16 targets every half hour, 32 verdicts in an hour: as a plan that is kind to its modem does. */
const STEP_MS = 30 * MINUTE_MS;
const POINTS_PER_BATCH_MIN = 10_000;
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
    if (batch.length >= POINTS_PER_BATCH_MIN) yield batch.splice(0);
  }
  yield batch;
}

function* heartbeats(): Generator<Heartbeat[]> {
  for (let atMs = RANGE.fromMs; atMs < RANGE.toMs; atMs += DAY_MS) {
    const beats = Array.from({ length: DAY_MS / STEP_MS }, (_, n) => atMs + n * STEP_MS);
    yield beats.flatMap((beatMs) => VANTAGES.map((vantage) => aHeartbeat({ ...vantage, atMs: beatMs })));
  }
}

interface Filled {
  readonly rows: number;
  readonly ms: number;
}

async function filled(
  writePoints: (batch: readonly ReachabilityPoint[]) => Promise<void>,
  writeHeartbeats: (batch: readonly Heartbeat[]) => Promise<void>,
): Promise<Filled> {
  const startedMs = performance.now();
  let rows = 0;
  for (const batch of points()) {
    await writePoints(batch);
    rows += batch.length;
  }
  for (const batch of heartbeats()) await writeHeartbeats(batch);
  return { rows, ms: Math.round(performance.now() - startedMs) };
}

/** The store's own lines straight to the server: what the store looks up before it writes is measured elsewhere. */
async function fillInfluxdb({ url }: Influxd): Promise<Filled> {
  async function write(lines: readonly string[]): Promise<void> {
    const answer = await request(`${url}/write?db=${DATABASE}`, { method: 'POST', body: lines.join('\n') });
    const text = await answer.body.text();
    if (answer.statusCode !== 204) throw new Error(`/write answered ${answer.statusCode}: ${text}`);
  }
  return filled(
    async (batch) => write(batch.map((point) => lineOfPoint(point, 0))),
    async (batch) => write(batch.map(lineOfHeartbeat)),
  );
}

async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round(performance.now() - startedMs);
}

/** All of everything, and one where only one can be chosen: evidence is about one target at one vantage. */
function choicesOf(dashboard: Dashboard): Choices {
  const one: Readonly<Record<string, string>> = { vantage: 'vantage-0', target: 'youtube-0', history: '' };
  const single = dashboard.templating.list.filter(({ type, multi }) => type === 'query' && multi !== true);
  return Object.fromEntries(single.map(({ name }) => [name, { one: one[name] ?? '' }]));
}

async function askDashboards(influxd: Influxd): Promise<Record<string, number>> {
  const times: { readonly label: string; readonly ms: number }[] = [];
  for (const [board, dashboard] of generatedDashboards()) {
    for (const panel of dashboard.panels) {
      for (const query of panel.targets) {
        const text = withVariables(query.query, dashboard, choicesOf(dashboard), RANGE);
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
    const { rows, ms } = await fillInfluxdb(influxd);
    const answers = {
      dashboardPoints: rows,
      dashboardVerdictsPerVantageAndHour: rows / VANTAGES.length / (DAYS * 24),
      dashboardFillMs: ms,
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
    const { rows, ms } = await filled(
      async (batch) => store.writePoints(batch),
      async (batch) => store.writeHeartbeats(batch),
    );
    const answers = await askStore(store, 'duckdb90Days');
    return { duckdb90DaysPoints: rows, duckdb90DaysFillMs: ms, ...answers };
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Needs `influxd`; says so where it is not installed. */
export async function benchDashboards(): Promise<Record<string, number>> {
  return { ...(await benchInfluxdb()), ...(await benchDuckdb()) };
}
