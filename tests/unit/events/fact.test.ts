/** What a calendar fact may say, and what instants it becomes. */
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { loadShippedCalendar } from '../../../src/events/calendar.ts';
import { CalendarFact, claimPlaces, eventOf } from '../../../src/events/fact.ts';
import { dayStartMs } from '../../../src/events/local-time.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { aFact } from '../../support/calendar.ts';
import { sharedPath } from '../../support/shared.ts';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const book = createPlaceBook(loadCatalog().places);

function span(changes: Parameters<typeof aFact>[0]) {
  const { startMs, endMs } = eventOf(aFact(changes), book, 'user');
  return [startMs, endMs].map((atMs) => new Date(atMs).toISOString());
}

describe('the instants of a fact', () => {
  it.each([
    {
      says: 'a month is the whole month of the place',
      fact: { start: '2018-03', end: '2018-06', precision: 'month' as const },
      span: ['2018-02-28T18:00:00.000Z', '2018-06-30T18:00:00.000Z'],
    },
    {
      says: 'a day ends at the place’s midnight',
      fact: { start: '2019-05-09', end: '2019-05-09', precision: 'day' as const, places: ['almaty'] },
      span: ['2019-05-08T18:00:00.000Z', '2019-05-09T18:00:00.000Z'],
    },
    {
      says: 'the west of the country has its own midnight',
      fact: { start: '2019-05-09', end: '2019-05-10', precision: 'day' as const, places: ['Актау'] },
      span: ['2019-05-08T19:00:00.000Z', '2019-05-10T19:00:00.000Z'],
    },
    {
      says: 'the day on which the clocks were set back has 25 hours',
      fact: { start: '2024-02-29', end: '2024-02-29', precision: 'day' as const },
      span: ['2024-02-28T18:00:00.000Z', '2024-02-29T19:00:00.000Z'],
    },
    {
      says: 'instants are taken as they are',
      fact: { start: '2019-05-09T07:00:00Z', end: '2019-05-09T19:00:00+05:00', precision: 'hour' as const },
      span: ['2019-05-09T07:00:00.000Z', '2019-05-09T14:00:00.000Z'],
    },
    {
      says: 'a day may end at a known hour',
      fact: { start: '2020-02-13', end: '2020-02-16T09:00:00Z', precision: 'day' as const },
      span: ['2020-02-12T18:00:00.000Z', '2020-02-16T09:00:00.000Z'],
    },
  ])('$says', ({ fact, span: expected }) => {
    expect(span(fact)).toEqual(expected);
  });

  it('says that an end is not known, and goes no further than the start’s own day', () => {
    const event = eventOf(aFact({ start: '2019-02-06', end: null, precision: 'day' }), book, 'calendar');
    expect(event.endKnown).toBe(false);
    expect(event.endMs - event.startMs).toBe(24 * 3_600_000);
  });
});

describe('a claim', () => {
  const claim = { stance: 'denies' as const, who: 'The ministry' };
  it('speaks of places by their ids, and keeps operators as they were written', () => {
    const fact = aFact({ claim: { ...claim, operators: ['Кселл'], places: ['Алма-Ата', 'almaty'] } });
    expect(eventOf(fact, book, 'user').claim).toEqual({
      ...claim,
      summary: '',
      operators: ['Кселл'],
      places: ['almaty'],
    });
  });
  it.each([
    {
      says: 'where it names places',
      change: { kind: 'statement' as const, claim: { ...claim, places: ['aktau'] } },
      places: ['aktau'],
    },
    { says: 'where a statement was made', change: { kind: 'statement' as const, claim }, places: [] },
    {
      says: 'where what it is about happened',
      change: { kind: 'block' as const, claim },
      places: ['almaty'],
    },
  ])('is told from $says', ({ change, places }) => {
    expect(claimPlaces(aFact(change))).toEqual(places);
  });
  it('is refused where it has too many parts to examine', () => {
    const platforms = Array.from({ length: 26 }, (_, n) => `p${n}`);
    const operators = Array.from({ length: 20 }, (_, n) => `o${n}`);
    const many = { ...aFact(), kind: 'statement', platforms, claim: { ...claim, operators } };
    expect(CalendarFact.safeParse({ ...many, platforms: platforms.slice(1) }).success).toBe(true);
    expect(CalendarFact.safeParse(many).error?.issues).toMatchObject([
      { path: ['claim'], message: 'a statement on at most 500 combinations of platform, operator and place' },
    ]);
  });
});

describe('the day of an instant', () => {
  it.each([
    { at: '2026-03-12T18:59:59Z', zone: 'Asia/Almaty', days: 0, begins: '2026-03-11T19:00:00.000Z' },
    { at: '2026-03-12T19:00:00Z', zone: 'Asia/Almaty', days: 0, begins: '2026-03-12T19:00:00.000Z' },
    { at: '2024-03-04T12:00:00Z', zone: 'Asia/Almaty', days: -7, begins: '2024-02-25T18:00:00.000Z' },
    { at: '2026-12-31T12:00:00Z', zone: 'Asia/Aqtau', days: 1, begins: '2026-12-31T19:00:00.000Z' },
  ])('$at, $days days on, begins at $begins in $zone', ({ at, zone, days, begins }) => {
    expect(new Date(dayStartMs(Date.parse(at), zone, days)).toISOString()).toBe(begins);
  });
});

describe('a fact is refused', () => {
  it.each([
    { because: 'a month is called a day', change: { start: '2018-03', end: '2018-03' } },
    { because: 'a day is called an hour', change: { precision: 'hour' } },
    { because: 'there is no such day', change: { start: '2019-02-30' } },
    { because: 'there is no such month', change: { start: '2019-13-01' } },
    { because: 'an instant has no zone', change: { start: '2019-05-09T07:00', precision: 'hour' } },
    { because: 'it ends before it begins', change: { end: '2019-05-01' } },
    { because: 'it has no title', change: { titles: {} } },
    { because: 'it has a key that nobody knows', change: { platfroms: [] } },
    { because: 'its kind is unknown', change: { kind: 'party' } },
    { because: 'its id has a space', change: { id: 'a b' } },
  ])('when $because', ({ change }) => {
    expect(CalendarFact.safeParse(aFact()).success).toBe(true);
    expect(CalendarFact.safeParse({ ...aFact(), ...change }).success).toBe(false);
  });
});

describe('the calendar that ships', () => {
  const shipped = loadShippedCalendar();

  it('has 92 facts, each with a source, and parts that belong to a fact that is there', () => {
    expect(shipped).toHaveLength(92);
    expect(shipped.filter(({ sources }) => sources.length === 0)).toEqual([]);
    const ids = new Set(shipped.map(({ id }) => id));
    expect(shipped.filter(({ partOf }) => partOf !== undefined && !ids.has(partOf))).toEqual([]);
  });

  it('keeps what is known only to the month a month', () => {
    const months = shipped.filter(({ precision }) => precision === 'month');
    expect(months).toHaveLength(15);
    for (const { start } of months) expect(start).toMatch(/^\d{4}-\d{2}$/);
    expect(shipped.filter(({ approximate }) => approximate).map(({ id }) => id)).toEqual([
      '2021-07-27-linkedin',
      '2022-01-08-mussin',
    ]);
  });

  it('holds the statements of 2018 that contradict each other', () => {
    const of2018 = shipped.filter(({ id, claim }) => id.startsWith('2018') && claim !== null);
    expect(of2018.map(({ id, claim }) => `${id} ${claim?.stance ?? ''}`)).toEqual(
      expect.arrayContaining([
        '2018-03-abaev-confirms confirms',
        '2018-04-abaev-confirms confirms',
        '2018-04-kartel-youtube confirms',
        '2018-05-ministry-denial denies',
        '2018-12-ministry-denial denies',
      ]),
    );
  });

  const facts = sharedPath('facts', 'kz-events.json');
  it.skipIf(facts === null)('says the same times and titles as the facts it was made from', () => {
    const Original = z.array(
      z.object({ id: z.string(), start: z.string(), end: z.string().nullable(), title_en: z.string() }),
    );
    const originals = Original.parse(JSON.parse(readFileSync(facts ?? '', 'utf8')));
    const byId = new Map(shipped.map((fact) => [fact.id, fact]));
    for (const { id, start, end, title_en: title } of originals)
      expect(byId.get(id)).toMatchObject({ start, end, titles: { en: title } });
  });
});
