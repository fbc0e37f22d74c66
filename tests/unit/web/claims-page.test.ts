/** What the pages and the API say of a statement: each part of it, what was not measured, and the time it was set against. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import type { CalendarFact } from '../../../src/events/fact.ts';
import { eventOf } from '../../../src/events/fact.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { aFact } from '../../support/calendar.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aFilledStore, aNotice, EVENING_MS } from '../../support/web-world.ts';

/** Measured: the 24 hours to 20:47 in Almaty on 12 March 2026; YouTube and Facebook are blocked on mobile networks since 20:17. */
const book = createPlaceBook(loadCatalog().places);

type Change = Partial<z.input<typeof CalendarFact>>;
const BLOCK = {
  kind: 'block',
  start: '2026-03-12',
  end: '2026-03-12',
  precision: 'day',
  places: [],
  claim: { stance: 'denies', who: 'The ministry' },
} as const satisfies Change;

const FACTS: Readonly<Record<string, Change>> = {
  several: { ...BLOCK, platforms: ['vk', 'whatsapp', 'signal', 'google'], sources: ['http://[', 'a letter'] },
  mixed: { ...BLOCK, platforms: ['youtube', 'vk', 'signal'] },
  confirmed: { ...BLOCK, platforms: ['youtube'], claim: { stance: 'confirms', who: 'The ministry' } },
  operators: {
    ...BLOCK,
    platforms: ['youtube'],
    claim: {
      stance: 'denies',
      who: 'Operators',
      operators: ['Билайн', 'kcell', 'AS9198'],
      places: ['Алматы', 'Астана'],
    },
  },
  statement: { ...BLOCK, kind: 'statement', platforms: ['vk'] },
  month: { ...BLOCK, start: '2026-03', end: '2026-03', precision: 'month', platforms: ['vk'] },
  aktau: {
    ...BLOCK,
    start: '2018-03',
    end: '2018-03',
    precision: 'month',
    platforms: ['vk'],
    places: ['aktau'],
  },
  hour: {
    ...BLOCK,
    start: '2026-03-12T08:00:00Z',
    end: '2026-03-12T10:00:00Z',
    precision: 'hour',
    platforms: ['vk'],
  },
  spoken: {
    ...BLOCK,
    kind: 'statement',
    start: '2026-03-12T10:00:00Z',
    end: '2026-03-12T10:00:00Z',
    precision: 'minute',
    platforms: ['vk'],
  },
  openEnded: { ...BLOCK, end: null, platforms: ['vk'] },
  noon: { ...BLOCK, start: '2026-03-12T07:00:00Z', end: '2026-03-12T08:00:00Z', platforms: ['vk'] },
  nothing: { ...BLOCK, platforms: [] },
};

interface ApiClaim {
  readonly id: string;
  readonly finding: string;
  readonly mixed: boolean;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly precision: string;
  readonly parts: readonly {
    platform: string;
    operator: string | null;
    place: string | null;
    finding: string;
    reason: string;
  }[];
  readonly incidents: readonly string[];
}

describe('a statement’s page and API', () => {
  let claims: ReadonlyMap<string, ApiClaim>;
  let page = '';
  let calendar = '';
  beforeAll(async () => {
    const store = await aFilledStore();
    await store.saveEvents(
      Object.entries(FACTS).map(([id, change]) =>
        eventOf(aFact({ ...change, id, titles: { en: `“${id}”` } }), book, 'user'),
      ),
    );
    const app = await createWebServer({
      store,
      catalog: loadCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
    });
    const answer = (await app.inject('/api/claims')).json<{ claims: ApiClaim[] }>();
    claims = new Map(answer.claims.map((claim) => [claim.id, claim]));
    page = plain((await app.inject('/claims')).body);
    calendar = plain((await app.inject('/calendar')).body);
    await app.close();
  });

  function plain(body: string): string {
    return body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  }
  /** What the page says of one statement, up to the next. */
  function said(text: string, id: string): string {
    const from = text.indexOf(`“${id}”`);
    const next = text.indexOf('“', text.indexOf('”', from) + 1);
    return text.slice(from, next < 0 ? undefined : next);
  }

  it('supports what was measured and names what was not', () => {
    expect(claims.get('several')).toMatchObject({
      finding: 'supported',
      mixed: false,
      reason:
        'What was measured agrees with it: no incident was recorded for VK and WhatsApp. Not measured in that time: Signal. Not among what is measured here: Google. The finding says nothing of that.',
      incidents: [],
    });
    expect(claims.get('several')?.parts.map(({ platform, finding }) => `${platform} ${finding}`)).toEqual([
      'vk supported',
      'whatsapp supported',
      'signal not_measured',
      'google not_measured',
    ]);
    expect(said(page, 'several')).toContain(
      'VK: no incident was recorded; 21 of 24 hours were measured, on Beeline, Kcell and Kazakhtelecom.',
    );
  });
  it('says “contradicted in part” where parts disagree, and links the incident by its sentence', () => {
    expect(claims.get('mixed')).toMatchObject({ finding: 'contradicted', mixed: true });
    expect(claims.get('mixed')?.incidents).toEqual(['platform_block-youtube-1']);
    const text = said(page, 'mixed');
    expect(text).toContain('Contradicted in part');
    expect(text).toContain('incidents were recorded for YouTube, and none for VK.');
    expect(text).toContain(
      'YouTube: one incident was recorded. Contradicted YouTube is blocked on Kcell and Beeline',
    );
  });
  it('supports a confirmation by an incident', () => {
    expect(claims.get('confirmed')).toMatchObject({
      finding: 'supported',
      reason: 'What was measured agrees with it: incidents were recorded for YouTube.',
    });
  });
  it('examines each operator in each place that a statement names, under their names', () => {
    expect(claims.get('operators')?.parts.map(({ reason, finding }) => `${finding}: ${reason}`)).toEqual([
      'contradicted: YouTube on Beeline in Almaty: one incident was recorded.',
      'not_measured: YouTube on Beeline in Astana: was not measured in that time.',
      'contradicted: YouTube on Kcell in Almaty: one incident was recorded.',
      'not_measured: YouTube on Kcell in Astana: was not measured in that time.',
      'not_measured: YouTube on Kazakhtelecom in Almaty: was not measured in that time.',
      'supported: YouTube on Kazakhtelecom in Astana: no incident was recorded; 21 of 24 hours were measured, on Kazakhtelecom.',
    ]);
  });
  it('concludes nothing where a statement names nothing', () => {
    expect(claims.get('nothing')).toMatchObject({
      finding: 'not_measured',
      reason: 'It names nothing that can be measured.',
      parts: [],
    });
  });

  it.each([
    {
      id: 'several',
      from: '2026-03-11T19:00:00.000Z',
      to: '2026-03-12T19:00:00.000Z',
      says: 'Set against: all of 12 March 2026.',
    },
    {
      id: 'noon',
      from: '2026-03-11T19:00:00.000Z',
      to: '2026-03-12T19:00:00.000Z',
      says: 'Set against: all of 12 March 2026.',
    },
    {
      id: 'statement',
      from: '2026-03-04T19:00:00.000Z',
      to: '2026-03-12T19:00:00.000Z',
      says: 'Set against: all of 12 March 2026, and the 7 days before, because it names no time of its own.',
    },
    {
      id: 'month',
      from: '2026-02-28T19:00:00.000Z',
      to: '2026-03-31T19:00:00.000Z',
      says: 'Set against: all of March 2026, because no day is known.',
    },
    {
      id: 'aktau',
      from: '2018-02-28T19:00:00.000Z',
      to: '2018-03-31T19:00:00.000Z',
      says: 'Set against: all of March 2018, because no day is known.',
    },
    {
      id: 'hour',
      from: '2026-03-12T08:00:00.000Z',
      to: '2026-03-12T10:00:00.000Z',
      says: 'Set against: 12 March 2026, 13:00 to 15:00 (UTC+5).',
    },
    {
      id: 'spoken',
      from: '2026-03-05T10:00:00.000Z',
      to: '2026-03-12T10:00:00.000Z',
      says: 'Set against: the 7 days up to 12 March 2026, 15:00 (UTC+5), because it names no time of its own.',
    },
    {
      id: 'openEnded',
      from: '2026-03-11T19:00:00.000Z',
      to: '2026-03-12T19:00:00.000Z',
      says: 'Set against: all of 12 March 2026 and no later, because its end is not known.',
    },
  ])('sets “$id” against the whole of what is known of its time: $says', ({ id, from, to, says }) => {
    expect(claims.get(id)).toMatchObject({ from, to });
    expect(said(page, id)).toContain(says);
  });

  it.each([
    { id: 'month', when: 'March 2026 ·', never: '2026, ' },
    { id: 'aktau', when: 'March 2018 · Aktau', never: 'April' },
    { id: 'several', when: '12 March 2026 · VK', never: 'UTC' },
    {
      id: 'hour',
      when: '12 March 2026, 13:00 to 15:00 (UTC+5), known to the hour',
      never: '12 March 2026, 15',
    },
    { id: 'spoken', when: '12 March 2026, 15:00 (UTC+5) ·', never: 'hour' },
    { id: 'openEnded', when: 'from 12 March 2026; its end is not known', never: 'UTC' },
  ])('lists “$id” in the calendar as exactly as it is known', ({ id, when, never }) => {
    expect(said(calendar, id)).toContain(when);
    expect(said(calendar, id)).not.toContain(never);
  });

  it('shows a source that is no address as it was written', () => {
    expect(said(calendar, 'several')).toContain('http://[ · a letter');
  });
});
