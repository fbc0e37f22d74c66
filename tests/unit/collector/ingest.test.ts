import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import type { SpoolEntry } from '../../../src/agent/spool.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../../src/analysis/verdict/point.ts';
import { createIngest } from '../../../src/collector/ingest.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import { EnvironmentError } from '../../../src/errors.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { VANTAGE, webMeasurement } from '../../support/agent-records.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const knowledge = buildKnowledge(loadCatalog());

/** An ingest whose archive waits for a hand, and refuses what `isRefused` names. */
function slowArchive(isRefused: (id: string) => boolean = () => false) {
  const writes: string[][] = [];
  const waiting: (() => void)[] = [];
  const store = createMemoryStore();
  const ingest = createIngest({
    archive: {
      async append(batch) {
        const ids = batch.map(({ x_aiqyn_id }) => x_aiqyn_id);
        writes.push(ids);
        await new Promise<void>((resolve) => waiting.push(resolve));
        if (ids.some(isRefused)) throw new EnvironmentError('DISK_FULL', 'no room');
        return { added: ids };
      },
    },
    store,
    judge: (measurement) => judge(measurement, knowledge),
    toPoint,
    connectivityOf: () => 'online',
    quarantine: async () => undefined,
    clock: new ManualClock(NOW_MS),
    log: silentLog,
    onStored: () => undefined,
  });
  /** One write after the other, until all are answered. */
  async function letThrough(deliveries: readonly Promise<void>[]): Promise<string[]> {
    const end = { isReached: false };
    const all = Promise.allSettled(deliveries).finally(() => (end.isReached = true));
    while (!end.isReached) {
      waiting.shift()?.();
      await setImmediate();
    }
    return (await all).map(({ status }) => status);
  }
  return { ingest, store, writes, letThrough };
}

function from(name: string, measurements: readonly OwnMeasurement[]) {
  const vantage = { ...VANTAGE, id: name };
  const entries: SpoolEntry[] = measurements.map((measurement, index) => ({
    sequence: index + 1,
    measurement: { ...measurement, x_aiqyn_vantage: vantage },
  }));
  const state = { vantage, atMs: NOW_MS, connectivity: 'online', spoolDepth: 0, clockOffsetMs: 0 } as const;
  return { entries, state };
}

function idsOf({ entries }: ReturnType<typeof from>): string[] {
  return entries.map(({ measurement }) => measurement.x_aiqyn_id);
}

describe('createIngest(…) and many vantages at once', () => {
  const some = ['ala', 'nqz', 'zhz'].map((name) => from(name, [webMeasurement(), webMeasurement()]));

  it('writes together what came while the disk was busy, and answers each', async () => {
    const { ingest, store, writes, letThrough } = slowArchive();
    const deliveries = some.map(async ({ entries, state }) => ingest.deliver(entries, state));
    expect(await letThrough(deliveries)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(writes.length).toBeLessThan(some.length);
    expect(writes.flat()).toEqual(some.flatMap(idsOf));
    expect((await store.extent()).points).toBe(6);
    expect((await store.vantagesNow()).map(({ vantage }) => vantage)).toEqual(['ala', 'nqz', 'zhz']);
    expect(ingest.counts()).toEqual({ stored: 6, repeated: 0, quarantined: 0 });
  });

  it('refuses only the vantage whose records are refused', async () => {
    const [, refused] = some;
    const bad = new Set(refused === undefined ? [] : idsOf(refused));
    const { ingest, store, letThrough } = slowArchive((id) => bad.has(id));
    const deliveries = some.map(async ({ entries, state }) => ingest.deliver(entries, state));
    expect(await letThrough(deliveries)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.vantagesNow()).map(({ vantage }) => vantage)).toEqual(['ala', 'zhz']);
    // And the next one is taken: nothing is left waiting behind the refusal.
    const next = from('ala', [webMeasurement()]);
    expect(await letThrough([ingest.deliver(next.entries, next.state)])).toEqual(['fulfilled']);
  });

  it('bounds what one write takes', async () => {
    const { ingest, writes, letThrough } = slowArchive();
    const many = ['ala', 'nqz', 'zhz', 'akx'].map((name) =>
      from(
        name,
        Array.from({ length: 260 }, () => webMeasurement()),
      ),
    );
    const deliveries = many.map(async ({ entries, state }) => ingest.deliver(entries, state));
    expect(new Set(await letThrough(deliveries))).toEqual(new Set(['fulfilled']));
    expect(Math.max(...writes.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    expect(writes.flat()).toHaveLength(1_040);
  });
});

describe('createIngest(…) and a vantage in another network', () => {
  it('keeps what it sends, and counts neither its verdicts nor its rings for its operator', async () => {
    const { ingest, store, letThrough } = slowArchive();
    const { entries, state } = from('ala', [webMeasurement(), webMeasurement()]);
    const [page, rings] = entries.map(({ sequence, measurement }) => ({
      sequence,
      measurement: { ...measurement, x_aiqyn_other_network: 'AS13335' },
    }));
    if (page === undefined || rings === undefined) throw new Error('two entries');
    const target = { id: 'rings', platform: 'control', probe: 'rings', depth: 'light' } as const;
    const ofRings = { ...rings, measurement: { ...rings.measurement, x_aiqyn_target: target } };
    const delivery = ingest.deliver([page, ofRings], { ...state, connectivity: 'elsewhere' });
    expect(await letThrough([delivery])).toEqual(['fulfilled']);
    const [heard] = await store.vantagesNow();
    expect(heard?.connectivity).toBe('elsewhere');
    expect((await store.extent()).points).toBe(1);
    const [latest] = await store.statusNow({ nowMs: NOW_MS + 1, freshMs: 60_000 });
    expect(latest?.point.status).toBe('inconclusive');
  });
});
