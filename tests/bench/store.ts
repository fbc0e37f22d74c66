/** How fast the DuckDB store is on this machine, and how much memory it takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import { manyPoints, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const ROWS = 1_000_000;
const BATCH_ROWS = 5_000;
const DAY_MS = 86_400_000;

function rssMegabytes(): number {
  return Math.round(process.memoryUsage().rss / 1e6);
}

/** Over a million rows of 200 cells, one a second: rows per second written, ms of the page's two questions, RSS in MB. */
export async function benchStore(): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'aiqyn-bench-'));
  const rssBeforeMegabytes = rssMegabytes();
  const store = await openDuckdbStore({ file: join(dir, 'store.duckdb'), log: silentLog });
  try {
    const rssOpenMegabytes = rssMegabytes();
    let writeMs = 0;
    let cpuMicroseconds = 0;
    for (const batch of manyPoints(ROWS, BATCH_ROWS)) {
      const startedMs = performance.now();
      const before = process.cpuUsage();
      await store.writePoints(batch);
      const { user, system } = process.cpuUsage(before);
      writeMs += performance.now() - startedMs;
      cpuMicroseconds += user + system;
    }
    const nowMs = T0_MS + ROWS * 1_000;
    const statusStartedMs = performance.now();
    await store.statusNow({ nowMs, freshMs: 900_000 });
    const statusNowMs = performance.now() - statusStartedMs;
    const bucketsStartedMs = performance.now();
    const window = { fromMs: nowMs - DAY_MS, toMs: nowMs };
    await store.buckets({ window, bucketMs: 300_000, by: ['platform', 'operator'] });
    return {
      storeRowsPerSecond: Math.round(ROWS / (writeMs / 1_000)),
      storeCpuMicrosecondsPerRow: Math.round(cpuMicroseconds / ROWS),
      storeStatusNowMs: Math.round(statusNowMs),
      storeBucketsDayMs: Math.round(performance.now() - bucketsStartedMs),
      storeOpenRssMegabytes: rssOpenMegabytes - rssBeforeMegabytes,
      storeRssMegabytes: rssMegabytes(),
    };
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}
