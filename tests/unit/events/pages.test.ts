/** Calendar, claims and associations over a store in memory. */
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { loadShippedCalendar } from '../../../src/events/calendar.ts';
import { eventOf } from '../../../src/events/fact.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anEvent } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aFilledStore, aNotice, EVENING_MS } from '../../support/web-world.ts';

const HOUR_MS = 3_600_000;
const book = createPlaceBook(loadCatalog().places);

async function world() {
  const store = await aFilledStore();
  await store.saveEvents(loadShippedCalendar().map((fact) => eventOf(fact, book, 'calendar')));
  await store.saveEvents([
    anEvent({
      id: 'denial',
      kind: 'statement',
      title: '<b>A denial',
      platforms: ['youtube'],
      startMs: EVENING_MS - HOUR_MS,
      endMs: EVENING_MS,
      claim: { stance: 'denies', who: 'The ministry', summary: 'nothing is blocked' },
    }),
  ]);
  return createWebServer({
    store,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
  });
}

describe('the calendar’s pages and API', () => {
  it('shows a month as a month, escapes titles and names what it rests on', async () => {
    const app = await world();
    const { statusCode, body } = await app.inject('/calendar');
    expect(statusCode).toBe(200);
    expect(body).toContain('March 2018 to February 2019');
    expect(body).toContain('&lt;b&gt;A denial');
    await app.close();
  });

  it('says of 2018 that nothing was measured, and of a denial during a block that it is contradicted', async () => {
    const app = await world();
    const { claims } = (await app.inject('/api/claims')).json<{
      claims: { id: string; finding: string; stance: string; incidents: string[] }[];
    }>();
    const findings = new Map(claims.map(({ id, finding }) => [id, finding]));
    expect(findings.get('2018-05-ministry-denial')).toBe('not_measured');
    expect(findings.get('2018-04-kartel-youtube')).toBe('not_measured');
    // What KaR-Tel and officials confirmed in March and April 2018, and ministries denied in May and December.
    for (const row of claims.filter(({ id }) => id.startsWith('2018-')))
      expect(row).toMatchObject({ finding: 'not_measured', incidents: [] });
    expect(claims.filter(({ id }) => id.startsWith('2018-')).map(({ stance }) => stance)).toEqual(
      expect.arrayContaining(['confirms', 'denies']),
    );
    expect(findings.get('denial')).toBe('contradicted');
    expect([...findings.values()].filter((finding) => finding !== 'not_measured')).toHaveLength(1);
    expect((await app.inject('/claims')).body).toContain('Contradicted');
    await app.close();
  });

  it('says “too few events” and what would refute an association', async () => {
    const app = await world();
    const answer = await app.inject('/api/associations');
    expect(answer.json()).toHaveProperty('associations.0.outcome', 'too_few_events');
    const { body } = await app.inject('/correlation');
    expect(body).toContain('Too few events');
    expect(body).toContain('What would refute it');
    expect(body).toContain('fewer than five such events fell on days when the platform was measured');
    expect(body).not.toContain('They go together');
    expect(body).toContain('An association that is shown here would vanish if the same platform');
    expect((await app.inject('/incidents/platform_block-youtube-1')).body).toContain(
      'rounded down to five minutes',
    );
    await app.close();
  });

  it('gives all events as iCalendar', async () => {
    const app = await world();
    const { headers, body } = await app.inject('/events.ics');
    expect(headers['content-type']).toContain('text/calendar');
    expect(body.match(/^BEGIN:VEVENT/gm)).toHaveLength(93);
    await app.close();
  });
});
