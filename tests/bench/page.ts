/** What a reader waits for: the pages over a week of three vantages that check every target of the default plan each minute. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../src/config/catalog-files.ts';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/store.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';
import { aNotice } from '../support/web-world.ts';

const DAYS = 7;
const MINUTES = DAYS * 1_440;
const MINUTES_PER_BATCH = 22;
const VANTAGES = [
  { vantage: 'home', operator: 'AS9198', place: 'almaty', access: 'fixed' },
  { vantage: 'phone', operator: 'AS29355', place: 'almaty', access: 'mobile' },
  { vantage: 'capital', operator: 'AS21299', place: 'astana', access: 'mobile' },
];
const FAILURE_SHARE = 0.005;
/** One platform is blocked from here on: an old break is the dear case of "since when". */
const BLOCK_FROM_MINUTE = MINUTES / 2;
const VIEWS = 7;

function* week(): Generator<ReachabilityPoint[]> {
  const catalog = loadCatalog();
  const targets = plannedTargets(loadPlan('default'), catalog);
  const random = seededRandom(7);
  let batch: ReachabilityPoint[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    for (const [number, { id: target, platform }] of targets.entries()) {
      for (const vantage of VANTAGES) {
        const atMs = T0_MS + minute * MINUTE_MS + number * 500;
        const isBlocked = platform === 'youtube' && minute >= BLOCK_FROM_MINUTE;
        const make = isBlocked || random() < FAILURE_SHARE ? aBlockedPoint : aPoint;
        const id = idAt(atMs, Math.floor(random() * 2 ** 40));
        const timed = { dnsMs: random() * 30, tcpMs: random() * 60, totalMs: random() * 500 };
        batch.push(make({ ...vantage, ...timed, id, atMs, target, platform }));
      }
    }
    if (minute % MINUTES_PER_BATCH === 0) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}

async function fill(store: Store): Promise<number> {
  let rows = 0;
  for (const batch of week()) {
    await store.writePoints(batch);
    rows += batch.length;
  }
  const lastMs = T0_MS + MINUTES * MINUTE_MS;
  await store.writeHeartbeats(VANTAGES.map((vantage) => aHeartbeat({ ...vantage, atMs: lastMs })));
  return rows;
}

/** The median of several, so that a neighbour does not decide. */
async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let view = 0; view < VIEWS; view += 1) {
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return Math.round(times.sort((a, b) => a - b)[Math.floor(VIEWS / 2)] ?? Infinity);
}

async function measure(store: Store, rows: number): Promise<Record<string, number>> {
  const nowMs = T0_MS + MINUTES * MINUTE_MS;
  const app = await createWebServer({
    store,
    catalog: loadCatalog(),
    clock: new ManualClock(nowMs),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-bench',
  });
  async function view(url: string): Promise<void> {
    const { statusCode } = await app.inject({ url });
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  }
  try {
    return {
      weekPoints: rows,
      weekStatusNowMs: await medianMs(async () => store.statusNow({ nowMs, freshMs: 15 * MINUTE_MS })),
      weekFrontPageMs: await medianMs(async () => view('/')),
      weekTimelineChartMs: await medianMs(async () => view('/charts/timeline.svg')),
      weekPlatformPageMs: await medianMs(async () => view('/platforms/youtube')),
      weekStatusApiMs: await medianMs(async () => view('/api/status')),
    };
  } finally {
    await app.close();
  }
}

export async function benchPage(): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'aiqyn-bench-'));
  const store = await openDuckdbStore({ file: join(dir, 'store.duckdb'), log: silentLog });
  try {
    return await measure(store, await fill(store));
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}
