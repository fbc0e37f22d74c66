/** Two collectors on one store: one of them watches for livestreams, and neither undoes what the other one wrote. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLease, keepLease, TAKEOVER_MS_MAX } from '../../../src/collector/lease.ts';
import type { CollectorRow } from '../../../src/collector/lease.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import type { CalendarFact } from '../../../src/events/fact.ts';
import { HELD_FILE, heldBookOf } from '../../../src/events/held.ts';
import { startCalendarKeeper } from '../../../src/events/keeper.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { changeUserCalendar } from '../../../src/events/user-calendar.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { startLiveBoard } from '../../../src/watchers/board.ts';
import { liveId, LIVE_MS_MAX } from '../../../src/watchers/live.ts';
import { openWatchMemory } from '../../../src/watchers/memory.ts';
import type { WatchSource } from '../../../src/watchers/source.ts';
import { STAND_BY_MS, startWatcher } from '../../../src/watchers/watcher.ts';
import { aFact } from '../../support/calendar.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';

const T0_MS = Date.parse('2026-06-01T12:00:00Z');
const MINUTE_MS = 60_000;
const ALWAYS = { fromMs: -8.64e15, toMs: 8.64e15 };
const WATCHED = { id: 'talk', actors: [], platforms: ['youtube'], places: [] };
const book = createPlaceBook(loadCatalog().places);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-two-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A stream that goes on; who looked is kept. */
function liveSource(by: string, looks: string[]): WatchSource {
  return {
    watched: WATCHED,
    everyMs: MINUTE_MS,
    lastsMs: null,
    look: async () => {
      looks.push(by);
      const stream = { key: 'one', title: 'Evening talk', startMs: T0_MS, endMs: null, url: null };
      return Promise.resolve({ kind: 'seen', sightings: [stream], gone: [] });
    },
  };
}

async function pair() {
  const clock = new ManualClock(T0_MS);
  const rows = new Map<string, CollectorRow>();
  const looks: string[] = [];
  async function enter(name: string) {
    const table = {
      read: async () => Promise.resolve([...rows.values()]),
      write: async (row: CollectorRow) => {
        rows.set(name, row);
        return Promise.resolve();
      },
    };
    const lease = createLease({ table, collector: name, clock, log: silentLog, onLate: () => undefined });
    const beating = new AbortController();
    const kept = keepLease(lease, clock, silentLog, beating.signal);
    const facts = new Map<string, CalendarFact>();
    const memory = await openWatchMemory(join(folder, name, 'streams.json'), silentLog);
    const watcher = startWatcher({
      source: liveSource(name, looks),
      calendar: {
        read: async () => Promise.resolve([...facts.values()]),
        put: async (changed) => {
          for (const fact of changed) facts.set(fact.id, fact);
          return Promise.resolve();
        },
      },
      memory,
      mayWatch: () => lease.isHeld(),
      clock,
      log: silentLog,
    });
    async function leave() {
      beating.abort();
      await kept;
      await watcher.stop();
    }
    return { facts, leave };
  }
  return { clock, looks, enter };
}

describe('the watchers of two collectors', () => {
  it('look and write in the one that holds the lease alone', async () => {
    const { clock, looks, enter } = await pair();
    const first = await enter('first');
    await clock.advance(10_000);
    const second = await enter('second');
    await clock.advance(10 * MINUTE_MS);
    expect(new Set(looks)).toEqual(new Set(['first']));
    expect([...first.facts.keys()]).toEqual([liveId('talk', 'one')]);
    expect([...second.facts.keys()]).toEqual([]);
    await first.leave();
    await second.leave();
  });

  it('go on in the other one when the first leaves, with the same id for the same stream', async () => {
    const { clock, looks, enter } = await pair();
    const first = await enter('first');
    await clock.advance(10_000);
    const second = await enter('second');
    await clock.advance(MINUTE_MS);
    await first.leave();
    await clock.advance(TAKEOVER_MS_MAX + STAND_BY_MS);
    expect(looks.at(-1)).toBe('second');
    expect([...second.facts.keys()]).toEqual([...first.facts.keys()]);
    await second.leave();
  });
});

async function calendars() {
  const store = createMemoryStore();
  const clock = new ManualClock(T0_MS);
  const shipped = [aFact({ id: 'shipped', titles: { en: 'As shipped' } })];
  /** One start of the collector of this name, which reads its calendar once. */
  async function bringIn(name: string): Promise<void> {
    const file = join(folder, name, 'events.yaml');
    const held = heldBookOf(join(folder, name, HELD_FILE), silentLog);
    const keeper = await startCalendarKeeper({ store, shipped, file, held, book, clock, log: silentLog });
    await keeper.stop();
  }
  async function titles(): Promise<string[]> {
    return (await store.events(ALWAYS)).map(({ title }) => title).sort();
  }
  async function put(name: string, id: string, title: string): Promise<void> {
    await changeUserCalendar(join(folder, name), { put: [aFact({ id, titles: { en: title } })] });
  }
  await put('first', 'a', 'Of the first');
  await put('second', 'b', 'Of the second');
  return { store, bringIn, titles, put };
}

describe('the calendars of two collectors', () => {
  it('are together in the store, whoever starts again', async () => {
    const { bringIn, titles } = await calendars();
    for (const name of ['first', 'second', 'first', 'second']) await bringIn(name);
    expect(await titles()).toEqual(['As shipped', 'Of the first', 'Of the second']);
  });

  it('each take out what was taken out of their own file, also while they were away', async () => {
    const { bringIn, titles } = await calendars();
    await bringIn('first');
    await bringIn('second');
    await changeUserCalendar(join(folder, 'first'), { remove: 'a' });
    await bringIn('second');
    expect(await titles()).toContain('Of the first');
    await bringIn('first');
    expect(await titles()).toEqual(['As shipped', 'Of the second']);
  });

  it('do not undo what the other one corrected', async () => {
    const { bringIn, titles, put } = await calendars();
    await bringIn('first');
    await bringIn('second');
    await put('first', 'shipped', 'As the first knows it');
    await bringIn('first');
    await bringIn('second');
    expect(await titles()).toContain('As the first knows it');
    await put('second', 'shipped', 'As the second knows it');
    await bringIn('second');
    expect(await titles()).toContain('As the second knows it');
  });

  it('are brought whole into a store that is new', async () => {
    const { store, bringIn, titles } = await calendars();
    await bringIn('first');
    await store.removeEvents(['a', 'shipped']);
    await bringIn('first');
    expect(await titles()).toEqual(['As shipped', 'Of the first']);
  });
});

describe('the board of a collector that stands by', () => {
  it('looks closely at what the other one saw begin, and ends nothing', async () => {
    const clock = new ManualClock(T0_MS);
    const said: string[][] = [];
    const put: string[] = [];
    const forgotten = aFact({
      id: 'live-old',
      kind: 'livestream',
      start: new Date(T0_MS - LIVE_MS_MAX - MINUTE_MS).toISOString(),
      end: null,
      precision: 'minute',
    });
    const board = startLiveBoard({
      calendar: {
        read: async () => Promise.resolve([forgotten]),
        put: async (facts) => {
          put.push(...facts.map(({ id }) => id));
          return Promise.resolve();
        },
      },
      elsewhere: async () => Promise.resolve(['youtube']),
      mayEnd: () => false,
      clock,
      log: silentLog,
      onLive: (platforms) => said.push([...platforms]),
    });
    await clock.advance(MINUTE_MS);
    expect(said).toEqual([['youtube']]);
    expect(put).toEqual([]);
    await board.stop();
  });
});
