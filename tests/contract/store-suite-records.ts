/** The promises of src/store/store.ts on heartbeats, incidents and events; store-suite.ts has those on points. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  aHeartbeat,
  anEvent,
  anIncident,
  anOutage,
  anOutsidePoint,
  aSweep,
  MINUTE_MS,
  T0_MS,
} from '../support/points.ts';
import { aTestimony } from '../support/testimonies.ts';

const ALWAYS = { fromMs: 0, toMs: 8e15 };
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @param open a new, empty store at each call. */
export function describeStoreRecords(name: string, open: () => Promise<Store>): void {
  describe(`a store keeps its records (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    describe('heartbeats', () => {
      it('keeps one per vantage and instant, the newer write', async () => {
        await store.writeHeartbeats([aHeartbeat({ spoolDepth: 1 }), aHeartbeat({ spoolDepth: 2 })]);
        await store.writeHeartbeats([aHeartbeat({ spoolDepth: 3, connectivity: 'dns_only' })]);
        expect(await store.heartbeats(ALWAYS)).toEqual([
          aHeartbeat({ spoolDepth: 3, connectivity: 'dns_only' }),
        ]);
      });

      it('answers a half-open window in order, of all or of one vantage', async () => {
        const beats = [
          aHeartbeat({ vantage: 'b' }),
          aHeartbeat({ vantage: 'a' }),
          aHeartbeat({ vantage: 'a', atMs: T0_MS + MINUTE_MS, clockOffsetMs: -12.5 }),
          aHeartbeat({ vantage: 'a', atMs: T0_MS + 2 * MINUTE_MS }),
        ];
        await store.writeHeartbeats(beats.toReversed());
        const window = { fromMs: T0_MS, toMs: T0_MS + 2 * MINUTE_MS };
        expect(await store.heartbeats(window)).toEqual([beats[1], beats[0], beats[2]]);
        expect(await store.heartbeats(window, { vantage: 'b' })).toEqual([beats[0]]);
      });

      it('vantagesNow() gives the newest of each vantage, however late older ones come', async () => {
        const newest = aHeartbeat({ vantage: 'b', atMs: T0_MS + MINUTE_MS });
        await store.writeHeartbeats([newest, aHeartbeat({ vantage: 'a' })]);
        await store.writeHeartbeats([aHeartbeat({ vantage: 'b', receivedAtMs: T0_MS + HOUR_MS })]);
        expect(await store.vantagesNow()).toEqual([aHeartbeat({ vantage: 'a' }), newest]);
      });
    });

    describe('sweeps', () => {
      it('keeps one per operator, place and instant, the newer write', async () => {
        await store.writeSweeps([aSweep({ upRatio: 0.2 }), aSweep({ upRatio: 0.3 })]);
        await store.writeSweeps([aSweep({ upRatio: 0.975, rttMs: 71.25 })]);
        expect(await store.sweeps(ALWAYS)).toEqual([aSweep({ upRatio: 0.975, rttMs: 71.25 })]);
      });

      it('keeps that nothing answered', async () => {
        const silent = aSweep({ upRatio: 0, answered: 0, rttMs: null, place: "o'brien «Алматы»" });
        await store.writeSweeps([silent]);
        expect(await store.sweeps(ALWAYS)).toEqual([silent]);
        await store.writeSweeps([]);
      });

      it('answers a half-open window in order, of all or of one operator or place', async () => {
        const points = [
          aSweep({ operator: 'AS21299' }),
          aSweep({ place: 'almaty' }),
          aSweep({}),
          aSweep({ atMs: T0_MS + MINUTE_MS }),
          aSweep({ atMs: T0_MS + 2 * MINUTE_MS }),
        ];
        await store.writeSweeps(points.toReversed());
        const window = { fromMs: T0_MS, toMs: T0_MS + 2 * MINUTE_MS };
        expect(await store.sweeps(window)).toEqual(points.slice(0, 4));
        expect(await store.sweeps(window, { operator: 'AS21299' })).toEqual([points[0]]);
        expect(await store.sweeps(window, { place: 'almaty' })).toEqual([points[1]]);
        expect(await store.sweeps(window, { operator: 'AS1' })).toEqual([]);
      });
    });

    describe('what others see', () => {
      async function all(...question: Parameters<Store['outside']>) {
        const found = [];
        for await (const point of store.outside(...question)) found.push(point);
        return found;
      }

      it('keeps one number per source, signal, entity and instant, the newer write', async () => {
        await store.writeOutside([anOutsidePoint({ value: 1 }), anOutsidePoint({ value: 2 })]);
        await store.writeOutside([anOutsidePoint({ value: 3.25, baseline: 4 })]);
        expect(await all(ALWAYS)).toEqual([anOutsidePoint({ value: 3.25, baseline: 4 })]);
        await store.writeOutside([]);
      });

      it('answers a half-open window in order, of all or of one source, signal or entity', async () => {
        const points = [
          anOutsidePoint({ baseline: 1_040 }),
          anOutsidePoint({ atMs: T0_MS + 1, source: 'radar', signal: "http.mobile o'brien" }),
          anOutsidePoint({ atMs: T0_MS + 2, entity: 'AS9198', value: -0.5 }),
          anOutsidePoint({ atMs: T0_MS + 3 }),
        ];
        await store.writeOutside(points.toReversed());
        const window = { fromMs: T0_MS, toMs: T0_MS + 3 };
        expect(await all(window)).toEqual(points.slice(0, 3));
        expect(await all(window, { source: 'radar' })).toEqual([points[1]]);
        expect(await all(window, { signal: "http.mobile o'brien" })).toEqual([points[1]]);
        expect(await all(window, { source: 'ioda', entity: 'AS9198' })).toEqual([points[2]]);
        expect(await all(window, { entity: 'AS1' })).toEqual([]);
      });

      it('counts the numbers of each series, day by day', async () => {
        const day = Math.floor(T0_MS / DAY_MS) * DAY_MS;
        expect(await store.outsideDays()).toEqual([]);
        await store.writeOutside([
          anOutsidePoint({ atMs: day + DAY_MS - 1 }),
          anOutsidePoint({ atMs: day }),
          anOutsidePoint({ atMs: day + 40 * DAY_MS }),
          anOutsidePoint({ atMs: day, entity: 'AS9198' }),
          anOutsidePoint({ atMs: day - 900 * DAY_MS, source: 'radar', signal: "http.mobile o'brien" }),
        ]);
        const { source, signal, entity } = anOutsidePoint();
        expect(await store.outsideDays()).toEqual([
          { dayMs: day - 900 * DAY_MS, source: 'radar', signal: "http.mobile o'brien", entity, numbers: 1 },
          { dayMs: day, source, signal, entity: 'AS9198', numbers: 1 },
          { dayMs: day, source, signal, entity, numbers: 2 },
          { dayMs: day + 40 * DAY_MS, source, signal, entity, numbers: 1 },
        ]);
      });

      it('keeps outages whole, the newer save, and finds them by overlap, also those that go on', async () => {
        const open = anOutage({
          id: 'radar:2',
          source: 'radar',
          startMs: T0_MS - 5,
          endMs: null,
          score: null,
        });
        await store.saveOutages([anOutage({ endMs: null }), open]);
        await store.saveOutages([anOutage({ cause: 'Ұйғарым', url: 'https://example.org/?a="b"' })]);
        const kept = anOutage({ cause: 'Ұйғарым', url: 'https://example.org/?a="b"' });
        expect(await store.outages(ALWAYS)).toEqual([open, kept]);
        expect(await store.outages({ fromMs: T0_MS + HOUR_MS, toMs: T0_MS + 2 * HOUR_MS })).toEqual([open]);
        expect(await store.outages({ fromMs: 0, toMs: T0_MS - 5 })).toEqual([]);
      });
    });

    describe('incidents', () => {
      it('gives back what was saved, whole; the newer save wins whole', async () => {
        await store.saveIncidents([anIncident({ reasons: ['old'] }), anIncident({ reasons: ['Жаңа'] })]);
        expect(await store.incident('incident-1')).toEqual(anIncident({ reasons: ['Жаңа'] }));
        const restored = anIncident({
          status: 'restored',
          endMs: T0_MS + HOUR_MS,
          openings: [{ startMs: T0_MS + 1, endMs: T0_MS + 2 }],
          access: null,
          method: null,
          members: [],
          witnessed: {
            alone: 0.85,
            speaking: [aTestimony({ startMs: T0_MS, usual: 9_801.5, extreme: 12 })],
            silent: [{ stance: 'cannot_see', reason: 'one_sided', series: ['ioda bgp KZ'] }],
          },
        });
        await store.saveIncidents([restored]);
        expect(await store.incidents({})).toEqual([restored]);
      });

      it('removes what a re-run takes back, and is calm about what is not there', async () => {
        await store.saveIncidents([
          anIncident({ id: 'a' }),
          anIncident({ id: 'b' }),
          anIncident({ id: "c'" }),
        ]);
        await store.removeIncidents(['a', "c'", 'never']);
        expect((await store.incidents({})).map(({ id }) => id)).toEqual(['b']);
      });

      const HOUR = { fromMs: T0_MS, toMs: T0_MS + HOUR_MS };
      it.each([
        { title: 'ended at its start', startMs: -10, endMs: 0, found: false },
        { title: 'ended just inside', startMs: -10, endMs: 1, found: true },
        { title: 'began before and goes on', startMs: -10, endMs: null, found: true },
        { title: 'spans it', startMs: -10, endMs: HOUR_MS + 10, found: true },
        { title: 'begins at its end', startMs: HOUR_MS, endMs: null, found: false },
        { title: 'begins just inside', startMs: HOUR_MS - 1, endMs: null, found: true },
        { title: 'has no length at its start', startMs: 0, endMs: 0, found: true },
      ])('finds by overlap: one that $title → $found', async ({ startMs, endMs, found }) => {
        await store.saveIncidents([
          anIncident({ startMs: T0_MS + startMs, endMs: endMs === null ? null : T0_MS + endMs }),
        ]);
        expect(await store.incidents({ window: HOUR })).toHaveLength(found ? 1 : 0);
      });

      it('narrows to the open ones and to a platform, newest start first', async () => {
        await store.saveIncidents([
          anIncident({ id: 'old', startMs: T0_MS }),
          anIncident({ id: 'over', startMs: T0_MS + 1, endMs: T0_MS + 2, status: 'restored' }),
          anIncident({ id: 'again', startMs: T0_MS + 3, status: 'reopened', platforms: ['vk', 'youtube'] }),
          anIncident({ id: 'none', startMs: T0_MS + 4, platforms: [] }),
        ]);
        async function ids(query: Parameters<Store['incidents']>[0]): Promise<string[]> {
          return (await store.incidents(query)).map(({ id }) => id);
        }
        expect(await ids({})).toEqual(['none', 'again', 'over', 'old']);
        expect(await ids({ openOnly: true })).toEqual(['none', 'again', 'old']);
        expect(await ids({ openOnly: false })).toHaveLength(4);
        expect(await ids({ platform: 'vk' })).toEqual(['again']);
        expect(await ids({ platform: 'youtube', openOnly: true })).toEqual(['again', 'old']);
        expect(await ids({ platform: 'tub' })).toEqual([]);
        expect(await ids({ limit: 2 })).toEqual(['none', 'again']);
        expect(await ids({ limit: 0 })).toEqual([]);
      });

      it('gives 100 unless asked, and never more than 1,000', async () => {
        await store.saveIncidents(
          Array.from({ length: 1_005 }, (_, n) => anIncident({ id: `i${n}`, startMs: T0_MS + n })),
        );
        expect(await store.incidents({})).toHaveLength(100);
        expect(await store.incidents({ limit: 5_000 })).toHaveLength(1_000);
      });
    });

    describe('events', () => {
      it('keeps the newer save whole', async () => {
        await store.saveEvents([anEvent({ title: 'Old' }), anEvent({ title: 'Митинг' })]);
        await store.saveEvents([anEvent({ title: 'Шеру', sources: ['https://example.org/'] })]);
        expect(await store.events(ALWAYS)).toEqual([
          anEvent({ title: 'Шеру', sources: ['https://example.org/'] }),
        ]);
      });

      it('takes out what it is told to, and is content with what is gone already', async () => {
        await store.saveEvents([anEvent({ id: 'stays' }), anEvent({ id: "it's" })]);
        await store.removeEvents(["it's", 'never there']);
        await store.removeEvents(["it's"]);
        await store.removeEvents([]);
        expect((await store.events(ALWAYS)).map(({ id }) => id)).toEqual(['stays']);
      });

      it('finds by overlap, ascending by start', async () => {
        await store.saveEvents([
          anEvent({ id: 'after', startMs: T0_MS + HOUR_MS, endMs: T0_MS + 2 * HOUR_MS }),
          anEvent({ id: 'instant', startMs: T0_MS + 5, endMs: T0_MS + 5 }),
          anEvent({ id: 'across', startMs: T0_MS - 5, endMs: T0_MS + 5 }),
          anEvent({ id: 'before', startMs: T0_MS - 5, endMs: T0_MS }),
        ]);
        const found = await store.events({ fromMs: T0_MS, toMs: T0_MS + HOUR_MS });
        expect(found.map(({ id }) => id)).toEqual(['across', 'instant']);
      });
    });
  });
}
