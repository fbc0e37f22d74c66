/** Every promise of src/store/store.ts, to be run against each adapter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { STATUSES } from '../../src/analysis/verdict/verdict.ts';
import { STATUS_LOOKBACK_MS } from '../../src/store/store.ts';
import type { Store } from '../../src/store/store.ts';
import { aBlockedPoint, aPoint, idAt, manyPoints, MINUTE_MS, T0_MS } from '../support/points.ts';

const ALWAYS = { fromMs: 0, toMs: 8e15 };
const HOUR_MS = 60 * MINUTE_MS;

async function all(points: AsyncIterable<ReachabilityPoint>): Promise<ReachabilityPoint[]> {
  const found: ReachabilityPoint[] = [];
  for await (const point of points) found.push(point);
  return found;
}

function at(minute: number, changes: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return aPoint({ atMs: T0_MS + minute * MINUTE_MS, ...changes });
}

function blockedAt(minute: number, changes: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return aBlockedPoint({ atMs: T0_MS + minute * MINUTE_MS, ...changes });
}

/** @param open a new, empty store at each call. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`a store keeps its promises (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    describe('while it is empty', () => {
      it('answers every question with nothing', async () => {
        expect(await all(store.points(ALWAYS))).toEqual([]);
        expect(await store.statusNow({ nowMs: T0_MS, freshMs: HOUR_MS })).toEqual([]);
        expect(await store.buckets({ window: ALWAYS, bucketMs: HOUR_MS, by: [] })).toEqual([]);
        expect(await store.heartbeats(ALWAYS)).toEqual([]);
        expect(await store.vantagesNow()).toEqual([]);
        expect(await store.sweeps(ALWAYS)).toEqual([]);
        expect(await store.incidents({})).toEqual([]);
        expect(await store.incident('none')).toBeNull();
        expect(await store.events(ALWAYS)).toEqual([]);
        expect(await store.extent()).toEqual({ points: 0, oldestMs: null, newestMs: null });
      });

      it('takes empty batches', async () => {
        await store.writePoints([]);
        await store.writeHeartbeats([]);
        await store.saveIncidents([]);
        await store.removeIncidents([]);
        await store.saveEvents([]);
        expect(await store.extent()).toMatchObject({ points: 0 });
      });
    });

    describe('writePoints(points)', () => {
      it('gives back what was written, whole', async () => {
        const point = aBlockedPoint({
          vantage: 'Алматы «ұялы» 📱',
          place: "o'brien; DROP TABLE reachability --",
          reasons: ['„Тыныштық“ ClientHello-дан кейін', 'line\nbreak, "quotes", \u2028'],
          retest: 2,
          confidence: 0.123456789,
          dnsMs: 0,
          tcpMs: 1.5,
          tlsMs: null,
          ttfbMs: 33.25,
          totalMs: 1e6,
          bytesPerSecond: 125_000.5,
        });
        await store.writePoints([point]);
        expect(await all(store.points(ALWAYS))).toEqual([point]);
      });

      it.each(STATUSES)('keeps the status %s', async (status) => {
        await store.writePoints([aPoint({ status })]);
        expect((await all(store.points(ALWAYS)))[0]?.status).toBe(status);
      });

      it('keeps one row of an id that is written again, in one batch or in two', async () => {
        const first = at(0, { score: 0.25 });
        const again = { ...first, score: 0.75 };
        await store.writePoints([first, again]);
        await store.writePoints([again, at(1)]);
        expect(await all(store.points(ALWAYS))).toEqual([first, at(1)]);
      });

      it('keeps one row of an id whose instant differs', async () => {
        await store.writePoints([at(0)]);
        await store.writePoints([at(500, { id: idAt(T0_MS) }), at(501)]);
        expect((await all(store.points(ALWAYS))).map(({ atMs }) => atMs)).toEqual([
          T0_MS,
          T0_MS + 501 * MINUTE_MS,
        ]);
      });

      it('takes ids that are no UUIDs', async () => {
        const points = ['ё', 'Z', 'a', '😀', ''].map((id, minute) => at(minute, { id }));
        await store.writePoints(points);
        await store.writePoints(points);
        expect(await all(store.points(ALWAYS))).toEqual(points);
      });

      it('puts late and out-of-order writes where they belong', async () => {
        await store.writePoints([at(30), at(10)]);
        await store.writePoints([at(20), at(-60 * 24 * 300)]);
        expect((await all(store.points(ALWAYS))).map(({ atMs }) => (atMs - T0_MS) / MINUTE_MS)).toEqual([
          -60 * 24 * 300,
          10,
          20,
          30,
        ]);
      });

      it('loses and doubles nothing between concurrent writers of the same points', async () => {
        const batches = [...manyPoints(2_000, 100)];
        await Promise.all(
          [...batches, ...batches.toReversed()].map(async (batch) => store.writePoints(batch)),
        );
        expect((await store.extent()).points).toBe(2_000);
      });

      it('is not changed by what the caller does to its arrays afterwards', async () => {
        const reasons = ['as written'];
        await store.writePoints([aPoint({ reasons })]);
        reasons.push('not written');
        expect((await all(store.points(ALWAYS)))[0]?.reasons).toEqual(['as written']);
      });
    });

    describe('points(window, scope)', () => {
      it('is half-open', async () => {
        await store.writePoints([at(0), at(1), at(2)]);
        const window = { fromMs: T0_MS, toMs: T0_MS + 2 * MINUTE_MS };
        expect(await all(store.points(window))).toEqual([at(0), at(1)]);
        expect(await all(store.points({ fromMs: T0_MS, toMs: T0_MS }))).toEqual([]);
      });

      it('orders by instant, then id', async () => {
        const points = [3, 1, 2].map((n) => aPoint({ id: idAt(T0_MS, n) }));
        await store.writePoints([...points, at(-1, { id: idAt(T0_MS, 9) })]);
        expect((await all(store.points(ALWAYS))).map(({ id }) => id)).toEqual(
          [9, 1, 2, 3].map((n) => idAt(T0_MS, n)),
        );
      });

      it.each([
        { scope: { vantage: 'b' }, ids: ['2'] },
        { scope: { operator: 'AS9198' }, ids: ['2', '3'] },
        { scope: { place: 'astana' }, ids: ['3'] },
        { scope: { access: 'fixed' }, ids: ['3'] },
        { scope: { platform: 'vk' }, ids: ['1'] },
        { scope: { target: 'vk-www' }, ids: ['1'] },
        { scope: { operator: 'AS9198', access: 'mobile' }, ids: ['2'] },
        { scope: { operator: "' OR 1=1 --" }, ids: [] },
        { scope: {}, ids: ['1', '2', '3'] },
      ])('narrows to $scope', async ({ scope, ids }) => {
        await store.writePoints([
          at(0, { id: '1', platform: 'vk', target: 'vk-www' }),
          at(0, { id: '2', vantage: 'b', operator: 'AS9198' }),
          at(0, { id: '3', operator: 'AS9198', place: 'astana', access: 'fixed' }),
        ]);
        expect((await all(store.points(ALWAYS, scope))).map(({ id }) => id)).toEqual(ids);
      });

      it('may be left half-read, and read twice at once', async () => {
        for (const batch of manyPoints(6_000, 6_000)) await store.writePoints(batch);
        for await (const point of store.points(ALWAYS)) {
          expect(point.atMs).toBe(T0_MS);
          break;
        }
        const [one, other] = await Promise.all([all(store.points(ALWAYS)), all(store.points(ALWAYS))]);
        expect([one.length, other.length]).toEqual([6_000, 6_000]);
        await store.writePoints([at(-1)]);
        expect((await store.extent()).points).toBe(6_001);
      });
    });

    describe('statusNow(question)', () => {
      const now = { nowMs: T0_MS + HOUR_MS, freshMs: 15 * MINUTE_MS };

      it('gives the newest point of each vantage and target, in order, and leaves out the stale', async () => {
        await store.writePoints([
          at(50, { id: '1', vantage: 'b', target: 'x' }),
          at(51, { id: '2', vantage: 'b', target: 'x', totalMs: 5 }),
          at(52, { id: '3', vantage: 'b', target: 'a' }),
          at(58, { id: '4', vantage: 'a', target: 'z' }),
          at(45, { id: '5', vantage: 'a', target: 'stale' }),
        ]);
        expect((await store.statusNow(now)).map(({ point }) => point.id)).toEqual(['4', '3', '2']);
      });

      it.each<{ title: string; points: ReachabilityPoint[]; sinceMinute: number }>([
        { title: 'its only point', points: [at(55)], sinceMinute: 55 },
        { title: 'the first of a run', points: [at(10), at(20), at(55)], sinceMinute: 10 },
        {
          title: 'the first after another status',
          points: [at(10), blockedAt(20), at(30), at(40), at(50)],
          sinceMinute: 30,
        },
        {
          title: 'the first after the newest of several changes',
          points: [blockedAt(1), at(2), blockedAt(3), at(4), blockedAt(5), blockedAt(58)],
          sinceMinute: 5,
        },
        {
          title: 'a re-test, because re-tests count',
          points: [at(50), blockedAt(51, { retest: 1 }), blockedAt(52)],
          sinceMinute: 51,
        },
        {
          title: 'the run before a gap: silence changes no status',
          points: [blockedAt(-60 * 24 * 3), blockedAt(59)],
          sinceMinute: -60 * 24 * 3,
        },
        {
          title: 'at most as far back as the lookback',
          points: [at(-60 * 24 * 8), at(-60 * 24 * 6), at(59)],
          sinceMinute: -60 * 24 * 6,
        },
        {
          title: 'the greater id where two statuses share the instant',
          points: [
            at(40, { id: 'a1' }),
            blockedAt(50, { id: 'b1' }),
            at(50, { id: 'b2' }),
            at(51, { id: 'c1' }),
          ],
          sinceMinute: 50,
        },
        {
          title: 'the point after, where the other status has the greater id of the instant',
          points: [
            at(40, { id: 'a1' }),
            at(50, { id: 'b1' }),
            blockedAt(50, { id: 'b2' }),
            at(51, { id: 'c1' }),
          ],
          sinceMinute: 51,
        },
      ])('counts since $title', async ({ points, sinceMinute }) => {
        await store.writePoints(points.toReversed());
        const status = await store.statusNow(now);
        expect(status).toHaveLength(1);
        expect(status[0]?.point).toEqual(points.at(-1));
        expect(status[0]?.sinceMs).toBe(T0_MS + sinceMinute * MINUTE_MS);
      });

      it('tells runs of different targets and vantages apart', async () => {
        await store.writePoints([
          at(10, { id: '1', target: 'a' }),
          blockedAt(20, { id: '2', target: 'b' }),
          at(55, { id: '3', target: 'a' }),
          blockedAt(55, { id: '4', target: 'b' }),
          at(30, { id: '5', target: 'a', vantage: 'other' }),
          at(55, { id: '6', target: 'a', vantage: 'other' }),
        ]);
        const since = (await store.statusNow(now)).map(({ sinceMs }) => (sinceMs - T0_MS) / MINUTE_MS);
        expect(since).toEqual([10, 20, 30]);
      });

      it('changes the past when an older point comes late', async () => {
        await store.writePoints([at(10), at(55)]);
        await store.writePoints([blockedAt(30)]);
        expect((await store.statusNow(now))[0]?.sinceMs).toBe(T0_MS + 55 * MINUTE_MS);
      });

      it('narrows to a scope', async () => {
        await store.writePoints([at(55, { id: '1', platform: 'vk' }), at(56, { id: '2', target: 't' })]);
        const status = await store.statusNow({ ...now, scope: { platform: 'vk' } });
        expect(status.map(({ point }) => point.id)).toEqual(['1']);
      });

      it('shows what is older than the lookback when it is asked to', async () => {
        const old = aPoint({ atMs: now.nowMs - STATUS_LOOKBACK_MS - 1 });
        await store.writePoints([old]);
        const status = await store.statusNow({ ...now, freshMs: 2 * STATUS_LOOKBACK_MS });
        expect(status).toEqual([{ point: old, sinceMs: old.atMs }]);
      });
    });

    it('extent() says how many points there are and from when to when', async () => {
      await store.writePoints([at(5), at(-5), at(0)]);
      expect(await store.extent()).toEqual({
        points: 3,
        oldestMs: T0_MS - 5 * MINUTE_MS,
        newestMs: T0_MS + 5 * MINUTE_MS,
      });
    });

    it('refuses to be used after close(), which may come twice', async () => {
      await store.close();
      await store.close();
      await expect(store.writePoints([at(0)])).rejects.toThrow('closed');
      await expect(store.extent()).rejects.toThrow('closed');
      await expect(all(store.points(ALWAYS))).rejects.toThrow('closed');
    });
  });
}
