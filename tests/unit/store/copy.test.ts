/** One store's content into another: all of it, once, however often it is begun; and what is missing is said. */
import { describe, expect, it } from 'vitest';
import type { ReachabilityPoint } from '../../../src/analysis/detect/point.ts';
import { compareStores, copyStore } from '../../../src/store/copy.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  aHeartbeat,
  anEvent,
  anIncident,
  anOutage,
  anOutsidePoint,
  aSweep,
  aPoint,
  idAt,
  manyPoints,
  MINUTE_MS,
  T0_MS,
} from '../../support/points.ts';

const DAY_MS = 86_400_000;
const POINTS = 6_000;

async function filled(): Promise<Store> {
  const store = createMemoryStore();
  for (const batch of manyPoints(POINTS, 3_000)) await store.writePoints(batch);
  await store.writeHeartbeats([
    aHeartbeat({ atMs: T0_MS - 40 * DAY_MS, connectivity: 'offline' }),
    ...Array.from({ length: 50 }, (_, n) => aHeartbeat({ atMs: T0_MS + n * MINUTE_MS })),
  ]);
  await store.writeSweeps([aSweep({ atMs: T0_MS - 300 * DAY_MS }), aSweep()]);
  await store.writeOutside([anOutsidePoint({ atMs: T0_MS - 900 * DAY_MS }), anOutsidePoint()]);
  await store.saveOutages([anOutage(), anOutage({ id: 'ioda:2', endMs: null })]);
  await store.saveIncidents([
    anIncident(),
    anIncident({ id: 'old', startMs: T0_MS - 400 * DAY_MS, endMs: null }),
  ]);
  await store.saveEvents([
    anEvent(),
    anEvent({ id: 'to come', startMs: T0_MS + 900 * DAY_MS, endMs: T0_MS + 901 * DAY_MS }),
  ]);
  return store;
}

async function pointsOf(store: Store): Promise<ReachabilityPoint[]> {
  const found: ReachabilityPoint[] = [];
  for await (const point of store.points({ fromMs: 0, toMs: Infinity })) found.push(point);
  return found;
}

/** As `store`, but with one way of its own. */
function instead(store: Store, own: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key);
      return typeof value === 'function'
        ? (...args: unknown[]): unknown => Reflect.apply(value, target, args)
        : value;
    },
  });
}

async function copy(from: Store, to: Store, sinceMs: number | null = null): Promise<readonly number[]> {
  const read: number[] = [];
  await copyStore(from, to, {
    sinceMs,
    onRead: (points) => {
      read.push(points);
    },
  });
  return read;
}

const WHOLE = [
  { series: 'reachability', rows: POINTS, missing: 0 },
  { series: 'heartbeat', rows: 51, missing: 0 },
  { series: 'sweep', rows: 2, missing: 0 },
  { series: 'outside', rows: 2, missing: 0 },
  { series: 'outage', rows: 2, missing: 0 },
  { series: 'incident', rows: 2, missing: 0 },
  { series: 'event', rows: 2, missing: 0 },
];

describe('copyStore', () => {
  it('has everything there, however old or far ahead, and says how far it is as it goes', async () => {
    const [from, to] = [await filled(), createMemoryStore()];
    expect(await copy(from, to)).toEqual([5_000, 6_000]);
    expect(await pointsOf(to)).toEqual(await pointsOf(from));
    expect(await compareStores(from, to, null)).toEqual(WHOLE);
  });

  it('changes nothing when it is done twice', async () => {
    const [from, to] = [await filled(), createMemoryStore()];
    await copy(from, to);
    await copy(from, to);
    expect((await to.extent()).points).toBe(POINTS);
    expect(await compareStores(from, to, null)).toEqual(WHOLE);
  });

  it('goes on where it was cut off', async () => {
    const [from, to] = [await filled(), createMemoryStore()];
    let batches = 0;
    const cut = instead(to, {
      writePoints: async (points) => {
        batches += 1;
        if (batches === 2) throw new Error('the server went away');
        await to.writePoints(points);
      },
    });
    await expect(copy(from, cut)).rejects.toThrow('the server went away');
    expect((await to.extent()).points).toBe(5_000);
    expect((await compareStores(from, to, null)).map(({ missing }) => missing)).toEqual([
      1_000, 51, 2, 2, 2, 2, 2,
    ]);
    await copy(from, to);
    expect(await compareStores(from, to, null)).toEqual(WHOLE);
  });

  it('leaves what the target has beside it', async () => {
    const [from, to] = [await filled(), createMemoryStore()];
    const own = aPoint({ id: idAt(T0_MS + 5, 99_999), atMs: T0_MS + 5, vantage: 'another' });
    await to.writePoints([own]);
    await copy(from, to);
    expect((await to.extent()).points).toBe(POINTS + 1);
    expect(await compareStores(from, to, null)).toEqual(WHOLE);
  });

  it('copies newer measurements, heartbeats and sweeps alone where it is told to, and all incidents and events', async () => {
    const [from, to] = [await filled(), createMemoryStore()];
    const sinceMs = T0_MS + (POINTS - 100) * 1_000;
    expect(await copy(from, to, sinceMs)).toEqual([100]);
    expect((await compareStores(from, to, sinceMs)).map(({ rows, missing }) => [rows, missing])).toEqual([
      [100, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [2, 0],
      [2, 0],
      [2, 0],
    ]);
  });

  it('copies an empty store', async () => {
    const [from, to] = [createMemoryStore(), createMemoryStore()];
    expect(await copy(from, to)).toEqual([]);
    expect(
      (await compareStores(from, to, null)).every(({ rows, missing }) => rows === 0 && missing === 0),
    ).toBe(true);
  });
});

describe('compareStores', () => {
  it.each([1, 5_000, POINTS])('misses a measurement that the target dropped: the %sth', async (nth) => {
    const [from, to] = [await filled(), createMemoryStore()];
    await copy(
      from,
      instead(to, {
        writePoints: async (points) => to.writePoints(points.filter(({ id }) => id !== idOfNth(nth))),
      }),
    );
    expect((await compareStores(from, to, null))[0]).toEqual({
      series: 'reachability',
      rows: POINTS,
      missing: 1,
    });
  });

  it('misses a heartbeat, a sweep, a number or an outage of others, an incident, an event that the target dropped', async () => {
    const [from, to] = [await filled(), createMemoryStore()];
    const forgetful = instead(to, {
      writeHeartbeats: async (beats) => to.writeHeartbeats(beats.filter(({ atMs }) => atMs > T0_MS)),
      writeSweeps: async (points) => to.writeSweeps(points.slice(1)),
      writeOutside: async (points) => to.writeOutside(points.slice(1)),
      saveOutages: async (outages) => to.saveOutages(outages.slice(1)),
      saveIncidents: async (incidents) => to.saveIncidents(incidents.filter(({ id }) => id !== 'old')),
      saveEvents: async (events) => to.saveEvents(events.filter(({ id }) => id !== 'to come')),
    });
    await copy(from, forgetful);
    expect((await compareStores(from, to, null)).map(({ missing }) => missing)).toEqual([
      0, 2, 1, 1, 1, 1, 1,
    ]);
  });
});

function idOfNth(nth: number): string {
  const n = nth - 1;
  return idAt(T0_MS + n * 1_000, n);
}
