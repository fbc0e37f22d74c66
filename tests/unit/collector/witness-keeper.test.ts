/** What others say comes late: incidents are published without waiting for it, and amended when it comes. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { createDetectorRunner } from '../../../src/collector/detector-runner.ts';
import { keepWitnessed } from '../../../src/collector/hear-witnesses.ts';
import { LOOK_MS, startWitnessKeeper } from '../../../src/collector/witness-keeper.ts';
import type { WitnessKeeper } from '../../../src/collector/witness-keeper.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anIncident, anOutage, aPoint, MINUTE_MS, T0_MS } from '../../support/points.ts';
import { createRecordingLog, silentLog } from '../../support/silent-log.ts';

const HOUR_MS = 60 * MINUTE_MS;
const SOON_MS = 3 * MINUTE_MS;
const ALONE = 0.6;
/** One family agrees: a fifth of the doubt is gone. */
const WITH_RADAR = 0.68;
const CUT = anIncident({ id: 'cut', kind: 'shutdown', platforms: [], startMs: T0_MS, confidence: ALONE });
const OLD = { ...CUT, id: 'old', status: 'restored', endMs: T0_MS + HOUR_MS } as const;
const TOLD = anOutage({
  source: 'radar',
  signal: 'outage.nationwide',
  entity: 'KZ',
  startMs: T0_MS,
  endMs: null,
});

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

async function world(nowMs = T0_MS + 2 * MINUTE_MS) {
  const clock = new ManualClock(nowMs);
  const store = createMemoryStore();
  await store.writePoints([aPoint()]);
  const published: Incident[] = [];
  function listen(over: Partial<Parameters<typeof startWitnessKeeper>[0]> = {}): WitnessKeeper {
    const keeper = startWitnessKeeper({ store, mayWrite: () => true, clock, log: silentLog, ...over });
    running.push(async () => keeper.stop());
    return keeper;
  }
  /** A fold that finds the cut and nothing else. */
  function detect(keeper: Pick<WitnessKeeper, 'heard'> | null) {
    return createDetectorRunner({
      store,
      clock,
      config: null,
      windowMs: MINUTE_MS,
      graceMs: 0,
      fold: {
        initialState: () => 0,
        foldWindow: (_config, state) => ({ state, changed: [CUT], removed: [] }),
      },
      log: silentLog,
      onChange: (incidents) => published.push(...incidents),
      ...(keeper === null ? {} : { heard: (id: string) => keeper.heard(id) }),
    });
  }
  async function confidence(id = 'cut'): Promise<number | undefined> {
    return (await store.incident(id))?.confidence;
  }
  return { clock, store, published, listen, detect, confidence };
}

describe('witnesses outside', () => {
  it('are not waited for: the incident is there at once, and amended once when one speaks', async () => {
    const { clock, store, published, listen, detect, confidence } = await world();
    const runner = detect(listen());
    await runner.flush(clock.nowMs());
    expect(await confidence()).toBe(ALONE);
    await store.saveOutages([TOLD]);
    await clock.advance(SOON_MS);
    await runner.flush(clock.nowMs());
    expect(await confidence()).toBeCloseTo(WITH_RADAR);
    expect((await store.incident('cut'))?.witnessed).toMatchObject({
      alone: ALONE,
      speaking: [{ source: 'radar', stance: 'agrees' }],
    });
    for (let time = 0; time < 5; time += 1) {
      await clock.advance(SOON_MS);
      await runner.flush(clock.nowMs());
    }
    expect(published.map((incident) => incident.confidence.toFixed(2))).toEqual(['0.60', '0.68']);
  });

  it('are not forgotten by a restart that has not heard them yet', async () => {
    const { clock, store, published, detect, confidence } = await world();
    await store.saveOutages([TOLD]);
    await detect(null).flush(clock.nowMs());
    await keepWitnessed(store, await store.incidents({}), clock.nowMs());
    published.splice(0);
    await detect(null).flush(clock.nowMs());
    expect(await confidence()).toBeCloseTo(WITH_RADAR);
    expect(published).toEqual([]);
  });

  it('hold up no detection when they cannot be read, which is said once', async () => {
    const { clock, store, listen, detect, confidence } = await world();
    const { log, lines } = createRecordingLog();
    const broken = {
      ...listening(store),
      outages: async () => Promise.reject(new Error('the store is away')),
    };
    const runner = detect(listen({ store: broken, log }));
    await runner.flush(clock.nowMs());
    for (let time = 0; time < 3; time += 1) await clock.advance(LOOK_MS);
    expect(await confidence()).toBe(ALONE);
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });

  it('speak of what ended before the detector’s reach, also where an earlier version saved it', async () => {
    const { clock, store, listen, confidence } = await world(T0_MS + 400 * 24 * HOUR_MS);
    await store.saveIncidents([OLD]);
    await store.saveOutages([{ ...TOLD, endMs: T0_MS + HOUR_MS }]);
    listen();
    await clock.advance(1);
    expect(await confidence('old')).toBeCloseTo(WITH_RADAR);
  });

  it('are heard by the collector that detects, and by no other', async () => {
    const { clock, store, listen, confidence } = await world(T0_MS + 30 * HOUR_MS);
    await store.saveIncidents([OLD]);
    await store.saveOutages([TOLD]);
    let isLeader = false;
    const keeper = listen({ mayWrite: () => isLeader });
    await clock.advance(LOOK_MS);
    expect([await confidence('old'), keeper.heard('old')]).toEqual([ALONE, undefined]);
    isLeader = true;
    await clock.advance(LOOK_MS);
    expect(await confidence('old')).toBeCloseTo(WITH_RADAR);
  });

  it('are saved with an incident only when they say something else than before', async () => {
    const { clock, store } = await world();
    await store.saveOutages([TOLD]);
    const [heard] = await keepWitnessed(store, [CUT], clock.nowMs());
    const saving = { ...listening(store), saveIncidents: async () => Promise.reject(new Error('saved')) };
    expect(await keepWitnessed(saving, heard === undefined ? [] : [heard], clock.nowMs())).toEqual([heard]);
  });
});

/** The methods that the keeper uses, as an object of their own. */
function listening(store: ReturnType<typeof createMemoryStore>) {
  return {
    incidents: async (query: Parameters<typeof store.incidents>[0]) => store.incidents(query),
    saveIncidents: async (incidents: readonly Incident[]) => store.saveIncidents(incidents),
    outages: async (window: Parameters<typeof store.outages>[0]) => store.outages(window),
    outside: (window: Parameters<typeof store.outside>[0]) => store.outside(window),
  };
}
