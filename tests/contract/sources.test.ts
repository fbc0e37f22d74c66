/** Every source outside against a server that speaks its API: what it says comes into the store, and its trouble stays its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { SOURCE_IDS } from '../../src/analysis/outside/point.ts';
import type { OutsidePoint, SourceId } from '../../src/analysis/outside/point.ts';
import type { SourceState } from '../../src/sources/keeper.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import type { Store } from '../../src/store/store.ts';
import { CUT_MS, EVENING_MS } from '../support/worlds/january-2022.ts';
import { startWorlds } from '../support/worlds/sources.ts';
import type { Worlds, WorldsOptions } from '../support/worlds/sources.ts';
import type { Mood } from '../support/worlds/world.ts';

/** Enough for what is usual. */
const DAYS_MS = 4.5 * 86_400_000;
const EVER = { fromMs: 0, toMs: 8e15 };

let store: Store;
let worlds: Worlds | null = null;
beforeEach(() => {
  store = createMemoryStore();
});
afterEach(async () => {
  await worlds?.close();
  worlds = null;
});

async function open(bounds: Partial<WorldsOptions> = {}): Promise<Worlds> {
  worlds = await startWorlds({ store, nowMs: EVENING_MS, lookbackMs: DAYS_MS, ...bounds });
  return worlds;
}

async function pointsOf(source: SourceId): Promise<OutsidePoint[]> {
  const found: OutsidePoint[] = [];
  for await (const point of store.outside(EVER, { source })) found.push(point);
  return found;
}

function stateOf({ keeper }: Worlds, id: SourceId): SourceState | undefined {
  return keeper.states().find((state) => state.id === id);
}

/** `signal entity`, each once, in order. */
function seriesOf(points: readonly OutsidePoint[]): string[] {
  return [...new Set(points.map(({ signal, entity }) => `${signal} ${entity}`))].sort();
}

const SERIES: readonly (readonly [SourceId, readonly string[]])[] = [
  [
    'ioda',
    [
      ...['AS21299', 'AS29355', 'AS9198', 'KZ', 'almaty'].map((entity) => `bgp ${entity}`),
      'gtr.web_search KZ',
      'gtr.youtube KZ',
      ...['AS21299', 'AS29355', 'AS9198', 'KZ', 'almaty'].map((entity) => `merit-nt ${entity}`),
      ...['AS21299', 'AS29355', 'AS9198', 'KZ', 'almaty'].map((entity) => `ping-slash24 ${entity}`),
    ],
  ],
  [
    'radar',
    [
      'http AS21299',
      'http AS29355',
      'http AS9198',
      'http KZ',
      'http.mobile KZ',
      'netflows KZ',
      'tcp.post_ack KZ',
      'tcp.post_psh KZ',
    ],
  ],
  [
    'ooni',
    ['telegram', 'youtube'].flatMap((platform) => [
      ...['anomalies', 'measurements'].flatMap((what) =>
        ['AS29355', 'AS9198', 'KZ'].map((entity) => `${what}.${platform} ${entity}`),
      ),
    ]),
  ],
  [
    'ripestat',
    [
      'asns KZ',
      'prefixes AS21299',
      'prefixes AS29355',
      'prefixes AS9198',
      'prefixes.v4 KZ',
      'prefixes.v6 KZ',
    ],
  ],
  [
    'atlas',
    ['disconnects', 'probes', 'reached'].flatMap((signal) =>
      ['AS21299', 'AS29355', 'AS9198', 'KZ'].map((entity) => `${signal} ${entity}`),
    ),
  ],
];

describe.each(SERIES)('%s', (id, series) => {
  it('comes into the store, with what is usual, and nothing of anybody’s address', async () => {
    const opened = await open();
    await opened.keeper.poll(id);
    const points = await pointsOf(id);
    expect(seriesOf(points)).toEqual([...series].sort());
    expect(points.every(({ atMs }) => atMs <= EVENING_MS)).toBe(true);
    expect(stateOf(opened, id)).toMatchObject({
      status: 'ok',
      lastGoodMs: EVENING_MS,
      problems: [],
      skippedRows: 0,
    });
    const all = JSON.stringify([points, await store.outages(EVER)]);
    expect(all).not.toContain('203.0.113');
  });
});

describe('numbers and outages', () => {
  it('knows what was usual at the same time of the days before', async () => {
    await (await open()).keeper.poll('radar');
    const traffic = (await pointsOf('radar')).filter(
      ({ signal, entity }) => signal === 'http' && entity === 'KZ',
    );
    const during = traffic.filter(({ atMs }) => atMs > CUT_MS);
    expect(during.length).toBeGreaterThan(10);
    for (const { value, baseline } of during) expect(value / (baseline ?? 0)).toBeLessThan(0.05);
    for (const { value, baseline, atMs } of traffic)
      if (baseline !== null && atMs < CUT_MS - 3_600_000) expect(value / baseline).toBeGreaterThan(0.9);
  });

  it('keeps what each tells of, with whom it is about and whether it goes on', async () => {
    await (await open()).pollAll();
    const told = (await store.outages(EVER)).map(({ source, signal, entity, endMs }) => [
      source,
      signal,
      entity,
      endMs === null ? 'goes on' : 'over',
    ]);
    expect(told).toEqual(
      [
        ['ooni', 'changepoint', 'AS9198', 'goes on'],
        ['radar', 'outage.nationwide', 'KZ', 'goes on'],
        // Until 17:30 and 17:30: later than the evening at which it is asked.
        ['ioda', 'ping-slash24', 'KZ', 'goes on'],
        ['radar', 'anomaly', 'AS9198', 'over'],
        ['ioda', 'merit-nt.alert', 'KZ', 'over'],
        ['atlas', 'burst', 'AS21299', 'goes on'],
        ['atlas', 'burst', 'AS29355', 'goes on'],
        ['atlas', 'burst', 'AS9198', 'goes on'],
        ['atlas', 'burst', 'KZ', 'goes on'],
        ['ihr', 'disco', 'KZ', 'goes on'],
      ].sort((a, b) => order(told, a) - order(told, b)),
    );
  });

  it('asks again only for what may have changed, and writes only what did', async () => {
    const opened = await open();
    await opened.keeper.poll('ripestat');
    const before = await pointsOf('ripestat');
    const written: number[] = [];
    const write = store.writeOutside.bind(store);
    store.writeOutside = async (points) => {
      written.push(points.length);
      await write(points);
    };
    opened.clock.set(EVENING_MS + 600_000);
    await opened.keeper.poll('ripestat');
    const asked = new URL(opened.of('ripestat').asked.at(-1) ?? '', 'http://x');
    expect(asked.searchParams.get('starttime')).toBe('2022-01-05T14:00:00');
    // Two steps of five minutes, of three series.
    expect(written).toEqual([6]);
    expect(await pointsOf('ripestat')).toHaveLength(before.length + 6);
  });

  it('goes on after a restart from what the store has', async () => {
    await (await open()).keeper.poll('ripestat');
    await worlds?.close();
    const again = await open();
    await again.keeper.poll('ripestat');
    const asked = new URL(again.of('ripestat').asked[0] ?? '', 'http://x');
    expect(asked.searchParams.get('starttime')).toBe('2022-01-05T14:00:00');
  });

  it('asks again for what the store would not take', async () => {
    const opened = await open();
    const write = store.writeOutside.bind(store);
    store.writeOutside = async () => Promise.reject(new Error('disk full'));
    await expect(opened.keeper.poll('ihr')).rejects.toThrow('disk full');
    await expect(opened.keeper.poll('ripestat')).rejects.toThrow('disk full');
    store.writeOutside = write;
    await opened.keeper.poll('ripestat');
    expect((await pointsOf('ripestat')).length).toBeGreaterThan(3_000);
  });
});

function order(told: readonly (readonly string[])[], row: readonly string[]): number {
  return told.findIndex((one) => JSON.stringify(one) === JSON.stringify(row));
}

const HOUR_MS = 3_600_000;

async function tellsOf(id: SourceId, mood: Mood, problem: RegExp): Promise<void> {
  const opened = await open({ timeoutMs: 250, bodyBytesMax: 3 * 1_048_576, lookbackMs: 6 * HOUR_MS });
  opened.of(id).setMood(mood);
  const other = id === 'ihr' ? 'ripestat' : 'ihr';
  await opened.keeper.poll(id);
  await opened.keeper.poll(other);
  const state = stateOf(opened, id);
  expect(state).toMatchObject({ status: 'failing', lastGoodMs: null });
  expect(state?.problems.join(' ')).toMatch(problem);
  expect(stateOf(opened, other)?.status).toBe('ok');
  opened.of(id).setMood({ kind: 'ok' });
  await opened.keeper.poll(id);
  expect(stateOf(opened, id)).toMatchObject({ status: 'ok', problems: [] });
}

const ON_THE_WAY: readonly (readonly [string, Mood, RegExp])[] = [
  ['a refused token', { kind: 'status', status: 403 }, /token/],
  ['a body that is cut off', { kind: 'truncated' }, /no answer \(/],
  ['a body that never ends', { kind: 'slow' }, /generic_timeout_error/],
  ['a body beyond all bounds', { kind: 'oversized' }, /larger than its bound/],
];

describe('any source in trouble', () => {
  it.each(ON_THE_WAY)('says so of %s; the others go on', async (_name, mood, problem) => {
    await tellsOf('ihr', mood, problem);
  });
});

describe('whoever is asked', () => {
  it('is told who asks, and that JSON is wanted', async () => {
    const opened = await open({ lookbackMs: 6 * HOUR_MS });
    await opened.keeper.poll('ihr');
    const polite = { 'user-agent': 'Aiqyn/test', accept: 'application/json' };
    expect(opened.of('ihr').headers[0]).toMatchObject(polite);
  });
});

describe('a Retry-After that is a date', () => {
  it('is obeyed like one in seconds', async () => {
    const opened = await open();
    const at = new Date(systemClock().nowMs() + 2 * HOUR_MS).toUTCString();
    opened.of('ihr').setMood({ kind: 'status', status: 503, retryAfter: at });
    await opened.keeper.poll('ihr');
    expect(opened.of('ihr').asked).toHaveLength(1);
    const restsMs = (stateOf(opened, 'ihr')?.restsUntilMs ?? 0) - EVENING_MS;
    expect(restsMs).toBeGreaterThan(1.9 * HOUR_MS);
    expect(restsMs).toBeLessThan(2.1 * HOUR_MS);
  });

  it('that is nonsense is passed over', async () => {
    const opened = await open();
    opened.of('ihr').setMood({ kind: 'status', status: 503, retryAfter: 'soon' });
    await opened.keeper.poll('ihr');
    expect(stateOf(opened, 'ihr')).toMatchObject({ status: 'failing', restsUntilMs: null });
  });
});

const BY_SOURCE: readonly (readonly [string, Mood, RegExp])[] = [
  ['a server error', { kind: 'status', status: 503 }, /HTTP 503/],
  ['keys of other names', { kind: 'renamed' }, /has changed/],
];

describe.each(SOURCE_IDS)('%s in trouble', (id) => {
  it.each(BY_SOURCE)('says so of %s; the others go on', async (_name, mood, problem) => {
    await tellsOf(id, mood, problem);
  });

  it('passes over a row of another shape, counts it, and takes the others', async () => {
    const opened = await open({ lookbackMs: 6 * HOUR_MS });
    opened.of(id).setMood({ kind: 'one_bad_row' });
    await opened.keeper.poll(id);
    const state = stateOf(opened, id);
    expect(state?.status).toBe('ok');
    if (id !== 'radar') expect((await pointsOf(id)).length + (id === 'ihr' ? 1 : 0)).toBeGreaterThan(0);
    expect(state?.skippedRows).toBeGreaterThan(0);
  });

  it('leaves a server alone that says 429 with a long pause, and asks it again afterwards', async () => {
    const opened = await open({ lookbackMs: 6 * HOUR_MS });
    const world = opened.of(id);
    world.setMood({ kind: 'status', status: 429, retryAfter: '3600' });
    await opened.keeper.poll(id);
    expect(world.asked).toHaveLength(1);
    expect(stateOf(opened, id)).toMatchObject({
      status: 'failing',
      restsUntilMs: EVENING_MS + 3_600_000,
    });
    world.setMood({ kind: 'ok' });
    await opened.keeper.poll(id);
    expect(world.asked).toHaveLength(1);
    opened.clock.set(EVENING_MS + 3_600_001);
    await opened.keeper.poll(id);
    expect(stateOf(opened, id)).toMatchObject({ status: 'ok', restsUntilMs: null });
  });
});
