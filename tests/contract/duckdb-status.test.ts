/** The memory store reads the port's promise plainly, the DuckDB store quickly: over random histories both must say the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { STATUS_LOOKBACK_MS } from '../../src/store/store.ts';
import { aPoint, MINUTE_MS, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const HOUR_MS = 60 * MINUTE_MS;
const POINTS = 120;
/** Few instants, so that points of different statuses share them; the first ones lie beyond the lookback. */
const INSTANTS = 40;
const STEP_MS = (STATUS_LOOKBACK_MS + 12 * HOUR_MS) / INSTANTS;
const QUESTION = { nowMs: T0_MS + INSTANTS * STEP_MS, freshMs: 3 * STEP_MS };
const STATUSES = ['ok', 'ok', 'ok', 'blocked', 'offline'] as const;

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aiqyn-status-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** In no order, some of them twice; cells differ in how often they change. */
function history(seed: number): ReachabilityPoint[] {
  const random = seededRandom(seed);
  function below(limit: number): number {
    return Math.floor(random() * limit);
  }
  const points = Array.from({ length: POINTS }, (_, n) => {
    const target = below(4);
    return aPoint({
      id: `${below(1_000_000)}-${n}`,
      atMs: T0_MS + below(INSTANTS) * STEP_MS,
      vantage: `vantage-${below(2)}`,
      target: `target-${target}`,
      platform: target < 2 ? 'youtube' : 'vk',
      operator: random() < 0.9 ? 'AS29355' : 'AS9198',
      status: target === 0 ? 'ok' : (STATUSES[below(STATUSES.length)] ?? 'ok'),
    });
  });
  return [...points, ...points.slice(0, 10)];
}

describe('statusNow of DuckDB and of memory', () => {
  it.each(Array.from({ length: 24 }, (_, seed) => ({ seed })))(
    'agree after every late, doubled and unordered write, and over a reopening (history $seed)',
    async ({ seed }) => {
      const file = join(dir, `${seed}.duckdb`);
      const memory = createMemoryStore();
      const points = history(seed);
      for (let start = 0; start < points.length; start += 65) {
        const batch = points.slice(start, start + 65);
        await memory.writePoints(batch);
        const duckdb = await openDuckdbStore({ file, log: silentLog });
        await duckdb.writePoints(batch);
        for (const scope of [{}, { platform: 'vk' }, { operator: 'AS29355' }]) {
          const question = { ...QUESTION, scope };
          expect(await duckdb.statusNow(question)).toEqual(await memory.statusNow(question));
        }
        await duckdb.close();
      }
      expect((await memory.statusNow(QUESTION)).length).toBeGreaterThan(0);
    },
  );
});
