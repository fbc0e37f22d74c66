/** RIPE Atlas's latest results, from its server over the store to the page: the share of probes that gets through. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import type { Store } from '../../src/store/store.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';
import { aCatalog, aNotice } from '../support/web-world.ts';
import { CUT_MS, EVENING_MS } from '../support/worlds/january-2022.ts';
import { startWorlds } from '../support/worlds/sources.ts';
import type { Worlds, WorldsOptions } from '../support/worlds/sources.ts';

const HOUR_MS = 3_600_000;

let store: Store;
let worlds: Worlds | null = null;
beforeEach(() => {
  store = createMemoryStore();
});
afterEach(async () => {
  await worlds?.close();
  worlds = null;
});

async function open(some: Partial<WorldsOptions> = {}): Promise<Worlds> {
  worlds = await startWorlds({ store, nowMs: EVENING_MS, lookbackMs: HOUR_MS, ...some });
  return worlds;
}

async function pageOf({ keeper }: Worlds, url: string): Promise<string> {
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    sources: () => keeper.states(),
  });
  try {
    return (await app.inject({ url })).body;
  } finally {
    await app.close();
  }
}

async function valuesOf(wanted: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { signal, entity, value } of store.outside({ fromMs: 0, toMs: 8e15 }, { source: 'atlas' }))
    if (`${signal} ${entity}` === wanted) found.push(value);
  return found;
}

describe('latest results of RIPE Atlas', () => {
  it('fall from all probes to none in the cut, and are in the API', async () => {
    const opened = await open({ nowMs: CUT_MS - HOUR_MS });
    await opened.keeper.poll('atlas');
    opened.clock.set(EVENING_MS);
    await opened.keeper.poll('atlas');
    expect(await valuesOf('reached KZ')).toEqual([1, 0]);
    const asked = opened.of('atlas').asked.filter((path) => path.includes('/latest/'));
    expect(asked.map((path) => path.split('?')[0])).toEqual([
      '/measurements/1001/latest/',
      '/measurements/5001/latest/',
      '/measurements/1001/latest/',
      '/measurements/5001/latest/',
    ]);
    expect(asked[0]).toContain('probe_ids=6000%2C6001%2C');
    const query =
      'source=atlas&signal=reached&entity=AS9198&from=2022-01-05T08:00:00Z&to=2022-01-05T17:00:00Z';
    const body = await pageOf(opened, `/api/outside?${query}`);
    expect(body).toContain('"signal":"reached"');
    expect(body).not.toContain('203.0.113');
  });

  it('make no share unless all can be had; the page tells what is missing, and the rest stays', async () => {
    const opened = await open({ latest: [1_001, 404] });
    await opened.keeper.poll('atlas');
    expect(await valuesOf('reached KZ')).toEqual([]);
    expect(await valuesOf('probes KZ')).toEqual([10]);
    const page = await pageOf(opened, '/vantages');
    expect(page).toContain('answers in part');
    expect(page).toContain('latest results of measurement 404: HTTP 404');
  });

  it('of a measurement without a probe of the country are told as none', async () => {
    const opened = await open({ latest: [1_002] });
    await opened.keeper.poll('atlas');
    const page = await pageOf(opened, '/vantages');
    expect(page).toContain('latest results of measurement 1002: none of a probe in the country');
  });
});
