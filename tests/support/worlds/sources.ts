/** Every source against a world of its own, asked as `aiqyn run` asks them, at an instant that the test chooses. */
import type { Clock } from '../../../probes/probe.ts';
import { SOURCE_IDS } from '../../../src/analysis/outside/point.ts';
import type { SourceId } from '../../../src/analysis/outside/point.ts';
import { createAtlas } from '../../../src/sources/atlas/source.ts';
import { createPoliteClient } from '../../../src/polite/client.ts';
import { createPoliteHttp } from '../../../src/polite/http.ts';
import { createIhr } from '../../../src/sources/ihr/source.ts';
import { createIoda } from '../../../src/sources/ioda/source.ts';
import { createSourceKeeper } from '../../../src/sources/keeper.ts';
import type { SourceKeeper } from '../../../src/sources/keeper.ts';
import { createOoniApi } from '../../../src/sources/ooni-api/source.ts';
import { createRadar } from '../../../src/sources/radar/source.ts';
import { createRipestat } from '../../../src/sources/ripestat/source.ts';
import type { OutsideSource, SourceOptions } from '../../../src/sources/source.ts';
import type { Store } from '../../../src/store/store.ts';
import { silentLog } from '../silent-log.ts';
import { speakIoda } from './ioda.ts';
import { ATLAS_PINGS, ATLAS_TRACES, speakAtlas, speakIhr, speakOoni, speakRipestat } from './others.ts';
import { speakRadar } from './radar.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

const SPEAK: Readonly<Record<SourceId, (address: URL, nowMs: number) => unknown>> = {
  ioda: speakIoda,
  radar: speakRadar,
  ooni: speakOoni,
  ripestat: speakRipestat,
  atlas: speakAtlas,
  ihr: speakIhr,
};

const PLATFORMS = [
  { platform: 'youtube', test: 'web_connectivity', domain: 'www.youtube.com' },
  { platform: 'telegram', test: 'telegram', domain: null },
];

const CREATE: Readonly<Record<Exclude<SourceId, 'atlas'>, (options: SourceOptions) => OutsideSource>> = {
  ioda: createIoda,
  radar: createRadar,
  ooni: (options) => createOoniApi({ ...options, platforms: PLATFORMS }),
  ripestat: createRipestat,
  ihr: createIhr,
};

/** Pauses take no time, so that what is tried again is tried at once. */
export function hurriedClock(nowMs: number): Clock & { set(nowMs: number): void } {
  let wallMs = nowMs;
  let pausedMs = 0;
  return {
    nowMs: () => wallMs,
    monotonicMs: () => pausedMs,
    sleep: async (delayMs) => {
      pausedMs += Math.max(0, delayMs);
      await Promise.resolve();
    },
    set: (next) => {
      wallMs = next;
    },
  };
}

export interface Worlds {
  readonly keeper: SourceKeeper;
  readonly clock: ReturnType<typeof hurriedClock>;
  readonly of: (id: SourceId) => World;
  /** Each source once. */
  pollAll(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldsOptions {
  readonly store: Pick<Store, 'writeOutside' | 'saveOutages' | 'outside'>;
  readonly nowMs: number;
  /** Less than the sources’ own, for what needs no baselines. */
  readonly lookbackMs?: number;
  /** RIPE Atlas's measurements whose latest results are asked for; default: both of its world. */
  readonly latest?: readonly number[];
  readonly timeoutMs?: number;
  readonly bodyBytesMax?: number;
}

export async function startWorlds({
  store,
  nowMs,
  lookbackMs = Infinity,
  latest = [ATLAS_PINGS, ATLAS_TRACES],
  ...bounds
}: WorldsOptions): Promise<Worlds> {
  const clock = hurriedClock(nowMs);
  const http = createPoliteHttp('Aiqyn/test');
  const worlds = new Map<SourceId, World>();
  const sources = new Map<SourceId, OutsideSource>();
  const watched = {
    operators: ['AS9198', 'AS29355', 'AS21299'],
    placeOf: (name: string) => (name === 'Almaty' ? 'almaty' : null),
  };
  for (const id of SOURCE_IDS) {
    const world = await startWorld((address) => SPEAK[id](address, clock.nowMs()));
    worlds.set(id, world);
    const client = createPoliteClient({
      http,
      clock,
      random: () => 0.5,
      perMinute: 600,
      ...bounds,
    });
    const options = { url: world.url, client, watched };
    const source = id === 'atlas' ? createAtlas({ ...options, latest }) : CREATE[id](options);
    sources.set(id, { ...source, lookbackMs: Math.min(source.lookbackMs, lookbackMs) });
  }
  const keeper = createSourceKeeper({
    sources,
    store,
    mayAsk: () => true,
    clock,
    random: () => 0,
    log: silentLog,
  });
  return {
    keeper,
    clock,
    of: (id) => {
      const world = worlds.get(id);
      if (world === undefined) throw new TypeError(`no world for ${id}`);
      return world;
    },
    pollAll: async () => {
      for (const id of SOURCE_IDS) await keeper.poll(id);
    },
    close: async () => {
      await keeper.stop();
      await Promise.all([...worlds.values()].map(async (world) => world.close()));
    },
  };
}
