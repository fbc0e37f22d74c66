/** Incidents of the past: what was measured long ago is found as it would have been then, once, and ends with its evidence. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../src/analysis/detect/config.ts';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { detectHistory } from '../../../src/collector/history.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aPoint, idAt, MINUTE_MS, T0_MS } from '../../support/points.ts';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WINDOW = { fromMs: T0_MS, toMs: T0_MS + 30 * DAY_MS };

/** Two networks that measure YouTube every ten minutes; it is blocked between two hours of the day. */
async function measure(store: Store, day: number, blockedHours: readonly [number, number]): Promise<void> {
  const dayMs = T0_MS + day * DAY_MS;
  const points = ['ooni-as29355-mobile', 'ooni-as9198-fixed'].flatMap((vantage, n) =>
    Array.from({ length: 144 }, (_, round) => {
      const atMs = dayMs + round * 10 * MINUTE_MS;
      const hour = (atMs - dayMs) / HOUR_MS;
      const isBlocked = hour >= blockedHours[0] && hour < blockedHours[1];
      const operator = n === 0 ? 'AS29355' : 'AS9198';
      const tags = { id: idAt(atMs, n), atMs, vantage, operator, place: 'unknown' };
      if (!isBlocked) return aPoint(tags);
      return aPoint({
        ...tags,
        status: 'blocked',
        layer: 'tls',
        method: 'sni_drop',
        score: 1,
        failure: 'generic_timeout_error',
      });
    }),
  );
  await store.writePoints(points);
}

async function detect(store: Store): Promise<Incident[]> {
  return detectHistory({
    store,
    window: WINDOW,
    config: { ...DETECTOR_DEFAULTS, cadenceSeconds: 600 },
    isImported: (vantage) => vantage.startsWith('ooni-'),
    onProgress: () => undefined,
  });
}

function hoursOf({ startMs, endMs }: Incident): readonly [number, number] {
  return [(startMs - T0_MS) / HOUR_MS, ((endMs ?? Infinity) - T0_MS) / HOUR_MS];
}

describe('detectHistory', () => {
  it('finds a block of years ago, stores it, and finds the same again', async () => {
    const store = createMemoryStore();
    await measure(store, 1, [14, 16]);
    const [first, ...others] = await detect(store);
    expect([first?.kind, first?.platforms, first?.operators, others]).toEqual([
      'platform_block',
      ['youtube'],
      ['AS29355', 'AS9198'],
      [],
    ]);
    expect(first === undefined ? [] : hoursOf(first)).toEqual([38, 40]);
    expect(await store.incidents({ window: WINDOW })).toEqual([first]);
    expect(await detect(store)).toEqual([first]);
    expect(await store.incidents({ window: WINDOW })).toHaveLength(1);
  });

  it('ends what nobody saw end with its last evidence, and not when somebody measures again weeks later', async () => {
    const store = createMemoryStore();
    await measure(store, 1, [20, 24]);
    await measure(store, 20, [0, 0]);
    const [only, ...others] = await detect(store);
    expect(others).toEqual([]);
    expect(only?.status).toBe('restored');
    const [start = 0, end = 0] = only === undefined ? [] : hoursOf(only);
    expect(start).toBe(44);
    expect(end).toBeGreaterThanOrEqual(47);
    expect(end).toBeLessThanOrEqual(48);
    expect(only?.members.map(({ endMs }) => endMs)).not.toContain(null);
  });

  it('takes back what it no longer finds, and leaves alone what others found', async () => {
    const store = createMemoryStore();
    await measure(store, 1, [14, 16]);
    const [found] = await detect(store);
    if (found === undefined) throw new Error('nothing was found');
    const gone = { ...found, id: 'gone', startMs: T0_MS + 9 * DAY_MS, endMs: T0_MS + 9 * DAY_MS + HOUR_MS };
    const mine = { ...gone, id: 'mine', vantageIds: ['ala-kcell'] };
    const longer = { ...gone, id: 'longer', startMs: T0_MS - DAY_MS };
    await store.saveIncidents([gone, mine, longer]);
    await detect(store);
    const ids = (await store.incidents({ window: WINDOW })).map(({ id }) => id);
    expect(ids.toSorted()).toEqual([found.id, 'longer', 'mine'].toSorted());
  });

  it('says nothing of a window in which nothing was measured', async () => {
    expect(await detect(createMemoryStore())).toEqual([]);
  });
});
