/** The store follows the calendar: at the start, and when the user's file changes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { CALENDAR_POLL_MS, startCalendarKeeper } from '../../../src/events/keeper.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { putFacts, takeOut } from '../../../src/events/user-file.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { aFact } from '../../support/calendar.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anEvent } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';

const ALWAYS = { fromMs: -8.64e15, toMs: 8.64e15 };
const book = createPlaceBook(loadCatalog().places);
const shipped = [
  aFact({ id: 'shipped-1', titles: { en: 'As shipped' } }),
  aFact({ id: 'shipped-2', titles: { en: 'Also shipped' } }),
];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-calendar-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function world() {
  const store = createMemoryStore();
  const clock = new ManualClock();
  const file = join(folder, 'events.yaml');
  const errors: string[] = [];
  const log = {
    ...silentLog,
    error: (_fields: object, message: string) => {
      errors.push(message);
    },
  };
  async function titles() {
    return (await store.events(ALWAYS)).map(({ title }) => title).sort();
  }
  async function start() {
    return startCalendarKeeper({ store, shipped, file, book, clock, log });
  }
  /** Lets one look of the keeper, with its reads from disk, come to its end. */
  async function look(until: () => Promise<void>) {
    await clock.advance(CALENDAR_POLL_MS);
    await vi.waitFor(until, { timeout: 5_000, interval: 5 });
  }
  return { store, file, errors, titles, start, look };
}

describe('the keeper of the calendar', () => {
  it('brings the shipped facts in, and a second start writes nothing', async () => {
    const { store, titles, start } = world();
    await (await start()).stop();
    expect(await titles()).toEqual(['Also shipped', 'As shipped']);
    const saveEvents = vi.spyOn(store, 'saveEvents');
    await (await start()).stop();
    expect(saveEvents).not.toHaveBeenCalled();
  });

  it('lets the user’s edit win over what ships, and keeps out what the user removed', async () => {
    const { file, titles, start } = world();
    const edited = putFacts('', [aFact({ id: 'shipped-1', titles: { en: 'As I know it' } })], file);
    await writeFile(file, takeOut(edited, 'shipped-2', true, file));
    await (await start()).stop();
    expect(await titles()).toEqual(['As I know it']);
  });

  it('takes a change of the file in while it runs, also one that removes', async () => {
    const { file, titles, start, look } = world();
    const keeper = await start();
    await writeFile(file, putFacts('', [aFact({ id: 'mine', titles: { en: 'Mine' } })], file));
    await look(async () => {
      expect(await titles()).toEqual(['Also shipped', 'As shipped', 'Mine']);
    });
    await rm(file);
    await look(async () => {
      expect(await titles()).toEqual(['Also shipped', 'As shipped']);
    });
    await keeper.stop();
  });

  it('changes nothing for a wrong file, says so once, and goes on when it is mended', async () => {
    const { file, errors, titles, start, look } = world();
    const keeper = await start();
    await writeFile(file, 'events: [{ id: x }]');
    await look(async () => {
      expect(errors).toHaveLength(1);
    });
    await look(async () => {
      expect(await titles()).toEqual(['Also shipped', 'As shipped']);
    });
    expect(errors).toHaveLength(1);
    await writeFile(file, 'removed: [shipped-1]');
    await look(async () => {
      expect(await titles()).toEqual(['Also shipped']);
    });
    await keeper.stop();
  });

  it('leaves events alone that did not come from a calendar', async () => {
    const { store, titles, start } = world();
    await store.saveEvents([anEvent({ id: 'scenario-1', title: 'From a scenario' })]);
    await (await start()).stop();
    expect(await titles()).toContain('From a scenario');
  });
});
