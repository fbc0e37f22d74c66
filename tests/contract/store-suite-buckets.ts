/** The promises of src/store/store.ts on buckets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { STATUSES } from '../../src/analysis/verdict/verdict.ts';
import type { Store } from '../../src/store/store.ts';
import { aBlockedPoint, aPoint, MINUTE_MS, T0_MS } from '../support/points.ts';

const HOUR_MS = 60 * MINUTE_MS;

function at(minute: number, changes: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return aPoint({ atMs: T0_MS + minute * MINUTE_MS, ...changes });
}

function blockedAt(minute: number, changes: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return aBlockedPoint({ atMs: T0_MS + minute * MINUTE_MS, ...changes });
}

/** @param open a new, empty store at each call. */
export function describeStoreBuckets(name: string, open: () => Promise<Store>): void {
  describe(`a store sums up (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    describe('buckets(question)', () => {
      const window = { fromMs: T0_MS, toMs: T0_MS + 3 * HOUR_MS };

      it('counts each status, takes means and medians, and leaves empty buckets out', async () => {
        await store.writePoints([
          at(0, { totalMs: 100, score: 0 }),
          at(1, { totalMs: 400, score: 0.5, bytesPerSecond: 1_000 }),
          blockedAt(2, { totalMs: 200, score: 1 }),
          at(3, { status: 'inconclusive', score: 0 }),
          at(121),
        ]);
        const buckets = await store.buckets({ window, bucketMs: HOUR_MS, by: [] });
        expect(buckets.map(({ startMs }) => startMs)).toEqual([T0_MS, T0_MS + 2 * HOUR_MS]);
        expect(buckets[0]?.counts).toEqual({
          ...Object.fromEntries(STATUSES.map((status) => [status, 0])),
          ok: 2,
          blocked: 1,
          inconclusive: 1,
        });
        expect(buckets[0]).toMatchObject({ group: [], medianTotalMs: 200, medianBytesPerSecond: 1_000 });
        expect(buckets[0]?.meanScore).toBeCloseTo(0.375, 12);
        expect(buckets[1]).toMatchObject({ medianTotalMs: null, medianBytesPerSecond: null, meanScore: 0 });
      });

      it('takes the mean of the two middle values of an even number', async () => {
        await store.writePoints([1, 2, 10, 20].map((totalMs) => at(totalMs, { totalMs })));
        const buckets = await store.buckets({ window, bucketMs: HOUR_MS, by: [] });
        expect(buckets[0]?.medianTotalMs).toBe(6);
      });

      it.each(STATUSES)('counts %s as itself', async (status) => {
        await store.writePoints([aPoint({ status })]);
        const buckets = await store.buckets({ window, bucketMs: HOUR_MS, by: [] });
        expect(Object.entries(buckets[0]?.counts ?? {}).filter(([, count]) => count > 0)).toEqual([
          [status, 1],
        ]);
      });

      it('aligns to multiples of the bucket and cuts at the window, not at the bucket', async () => {
        await store.writePoints([at(9), at(10), at(19), at(20)]);
        const buckets = await store.buckets({
          window: { fromMs: T0_MS + 10 * MINUTE_MS, toMs: T0_MS + 20 * MINUTE_MS },
          bucketMs: 15 * MINUTE_MS,
          by: [],
        });
        expect(buckets.map(({ startMs, counts }) => [(startMs - T0_MS) / MINUTE_MS, counts.ok])).toEqual([
          [0, 1],
          [15, 1],
        ]);
      });

      it('groups in the order asked, ascending by start and then by group', async () => {
        await store.writePoints([
          at(0, { id: '1', operator: 'B', platform: 'vk' }),
          at(1, { id: '2', operator: 'A', platform: 'youtube' }),
          at(2, { id: '3', operator: 'B', platform: 'facebook' }),
          at(3, { id: '4', operator: 'B', platform: 'vk' }),
          at(60, { id: '5', operator: 'A', platform: 'vk' }),
        ]);
        const question = { window, bucketMs: HOUR_MS } as const;
        const forward = await store.buckets({ ...question, by: ['operator', 'platform'] });
        expect(forward.map(({ group, counts }) => [...group, counts.ok])).toEqual([
          ['A', 'youtube', 1],
          ['B', 'facebook', 1],
          ['B', 'vk', 2],
          ['A', 'vk', 1],
        ]);
        const backward = await store.buckets({ ...question, by: ['platform', 'operator'] });
        expect(backward.slice(0, 3).map(({ group }) => group)).toEqual([
          ['facebook', 'B'],
          ['vk', 'B'],
          ['youtube', 'A'],
        ]);
      });

      it('narrows to a scope', async () => {
        await store.writePoints([at(0, { id: '1', platform: 'vk' }), at(1, { id: '2' })]);
        const buckets = await store.buckets({
          window,
          bucketMs: HOUR_MS,
          by: ['platform'],
          scope: { platform: 'vk' },
        });
        expect(buckets.map(({ group }) => group)).toEqual([['vk']]);
      });

      it.each([0, -1, 1.5, Number.NaN])('refuses a bucket of %s ms', async (bucketMs) => {
        await expect(store.buckets({ window, bucketMs, by: [] })).rejects.toThrow(RangeError);
      });
    });
  });
}
