/** The past by months: who measured, what others told, what happened; and a year with what its incidents go with. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anEvent, anIncident, anOutage, anOutsidePoint, aPoint, idAt } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aNotice, EVENING_MS } from '../../support/web-world.ts';

const DAY_MS = 86_400_000;
const MARCH_2018_MS = Date.parse('2018-03-01T00:00:00Z');

async function ask(url: string, store: Store) {
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
  });
  try {
    const { statusCode, body } = await app.inject({ url });
    return { statusCode, text: body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '), body };
  } finally {
    await app.close();
  }
}

/** Volunteers on three days of March 2018, our own vantage today; a block then, a told outage in 2022, an event of 2019. */
async function aPast(): Promise<Store> {
  const store = createMemoryStore();
  const then = [0, 1, 1, 4].map((day, n) => {
    const atMs = MARCH_2018_MS + day * DAY_MS + n;
    return aPoint({ id: idAt(atMs, n), atMs, vantage: 'ooni-as9198-fixed' });
  });
  await store.writePoints([...then, aPoint({ id: idAt(EVENING_MS, 9), atMs: EVENING_MS })]);
  await store.saveIncidents([
    anIncident({
      id: 'then',
      startMs: MARCH_2018_MS + DAY_MS,
      endMs: MARCH_2018_MS + 2 * DAY_MS,
      status: 'restored',
    }),
  ]);
  await store.saveOutages([anOutage({ startMs: Date.parse('2022-01-05T10:30:00Z') })]);
  const january = { atMs: Date.parse('2022-01-05T10:30:00Z') };
  await store.writeOutside([
    anOutsidePoint(january),
    anOutsidePoint({ atMs: january.atMs + 20 * DAY_MS }),
    anOutsidePoint({ ...january, entity: 'AS9198' }),
    anOutsidePoint({ ...january, source: 'radar', signal: 'http' }),
  ]);
  await store.saveEvents([
    anEvent({ startMs: MARCH_2018_MS + DAY_MS, endMs: MARCH_2018_MS + DAY_MS + 3_600_000 }),
    anEvent({ id: 'unmeasured', startMs: Date.parse('2019-05-09T00:00:00Z') }),
  ]);
  return store;
}

describe('/history', () => {
  it('says by month who measured, what was taken in, what was told and what happened', async () => {
    const { statusCode, text } = await ask('/history', await aPast());
    expect(statusCode).toBe(200);
    expect(text).toContain('March 2018 3 – 4 measurements – – 1 1');
    expect(text).toContain(
      'January 2022 0 – – IODA: 2 series, 3 numbers; Cloudflare Radar: one series, one number IODA: 1 0 0',
    );
    expect(text).toContain('March 2026 1 one measurement – – – 0 0');
  });

  it('leaves out months of which only the calendar knows, and puts the newest year first', async () => {
    const { text } = await ask('/history', await aPast());
    expect(text).not.toContain('The year 2019');
    expect(text.indexOf('The year 2026')).toBeLessThan(text.indexOf('The year 2022'));
    expect(text.indexOf('The year 2022')).toBeLessThan(text.indexOf('The year 2018'));
  });

  it('shows a month of which only a list of shutdowns tells, and how many of its events came from there', async () => {
    const store = createMemoryStore();
    const startMs = Date.parse('2016-06-05T00:00:00Z');
    await store.saveEvents([
      anEvent({ id: 'stop-2016-06-05-aktobe', origin: 'user', startMs }),
      anEvent({ id: 'another', startMs }),
      // Somebody else's name for an event that ships.
      anEvent({ id: 'stop-line', origin: 'calendar', startMs: Date.parse('2017-01-05T00:00:00Z') }),
    ]);
    const { text } = await ask('/history', store);
    expect(text).toContain('June 2016 0 – – – – 0 2, 1 of them taken in from STOP');
    expect(text).not.toContain('January 2017');
    expect((await ask('/ru/history', store)).text).toContain('2, из них загружено из STOP: 1');
    expect((await ask('/kk/history', store)).text).toContain(
      '2, оның ішінде STOP дерекқорынан жүктелгені: 1',
    );
  });

  it('says in each language how many numbers of whom there are', async () => {
    const store = await aPast();
    expect((await ask('/ru/history', store)).text).toContain(
      'IODA: 2 ряда, 3 числа; Cloudflare Radar: 1 ряд, 1 число',
    );
    expect((await ask('/kk/history', store)).text).toContain(
      'IODA: 2 қатар, 3 сан; Cloudflare Radar: 1 қатар, 1 сан',
    );
  });

  it('says how the past is brought in where there is none', async () => {
    const { statusCode, text } = await ask('/history', createMemoryStore());
    expect(statusCode).toBe(200);
    expect(text).toContain('aiqyn backfill ooni');
  });

  it('counts every incident, however many there are', async () => {
    const store = createMemoryStore();
    await store.saveIncidents(
      Array.from({ length: 2_500 }, (_, n) =>
        anIncident({ id: `i${n}`, startMs: MARCH_2018_MS + n * 600_000 }),
      ),
    );
    expect((await ask('/history', store)).text).toContain('March 2018 0 – – – – 2,500 0');
  });
});

describe('/history/:year', () => {
  it('lists its incidents and what they go with', async () => {
    const { statusCode, body, text } = await ask('/history/2018', await aPast());
    expect(statusCode).toBe(200);
    expect(body).toContain('href="/incidents/then"');
    expect(text).toContain('What the incidents of this year go with');
    expect(text).toMatch(/comparisons? ha(?:s|ve) too few events/);
  });

  it.each(['/history/2019', '/history/1066', '/history/x'])('has nothing at %s', async (url) => {
    expect((await ask(url, await aPast())).statusCode).toBeGreaterThanOrEqual(400);
  });
});
