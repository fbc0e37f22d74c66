/** iCalendar in and out. */
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { eventOf } from '../../../src/events/fact.ts';
import { fold, parseLine, unescapeText, unfold } from '../../../src/events/ics/lines.ts';
import { readIcs } from '../../../src/events/ics/read.ts';
import { writeIcs } from '../../../src/events/ics/write.ts';
import { importIcs } from '../../../src/events/imports/ics.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import type { CalendarFact } from '../../../src/events/fact.ts';
import { aFact } from '../../support/calendar.ts';

const book = createPlaceBook(loadCatalog().places);

function calendar(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}
function read(...properties: readonly string[]) {
  const answer = readIcs(
    calendar('BEGIN:VEVENT', 'UID:u', 'SUMMARY:S', ...properties, 'END:VEVENT'),
    'Asia/Almaty',
  );
  return answer?.events[0] ?? answer?.remarks[0];
}

describe('times of an iCalendar file', () => {
  it.each([
    {
      says: 'UTC',
      lines: ['DTSTART:20190509T070000Z', 'DTEND:20190509T140000Z'],
      start: '2019-05-09T07:00:00Z',
      end: '2019-05-09T14:00:00Z',
    },
    {
      says: 'a zone, before Almaty moved',
      lines: ['DTSTART;TZID=Asia/Almaty:20240229T200000', 'DURATION:PT1H30M'],
      start: '2024-02-29T14:00:00Z',
      end: '2024-02-29T15:30:00Z',
    },
    {
      says: 'a zone, after Almaty moved',
      lines: ['DTSTART;TZID="Asia/Almaty":20240301T200000', 'DTEND;TZID=Asia/Almaty:20240301T213000'],
      start: '2024-03-01T15:00:00Z',
      end: '2024-03-01T16:30:00Z',
    },
    {
      says: 'a zone with a prefix',
      lines: ['DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20240701T200000'],
      start: '2024-07-01T18:00:00Z',
      end: '2024-07-01T18:00:00Z',
    },
    {
      says: 'an hour that never came',
      lines: ['DTSTART;TZID=Europe/Berlin:20240331T023000'],
      start: '2024-03-31T01:30:00Z',
      end: '2024-03-31T01:30:00Z',
    },
    {
      says: 'an hour that came twice',
      lines: ['DTSTART;TZID=Europe/Berlin:20241027T023000'],
      start: '2024-10-27T00:30:00Z',
      end: '2024-10-27T00:30:00Z',
    },
    {
      says: 'no zone at all: the country’s',
      lines: ['DTSTART:20190509T130000'],
      start: '2019-05-09T07:00:00Z',
      end: '2019-05-09T07:00:00Z',
    },
    { says: 'one whole day', lines: ['DTSTART;VALUE=DATE:20190509'], start: '2019-05-09', end: '2019-05-09' },
    {
      says: 'days up to the one before the end',
      lines: ['DTSTART;VALUE=DATE:20190509', 'DTEND;VALUE=DATE:20190512'],
      start: '2019-05-09',
      end: '2019-05-11',
    },
    {
      says: 'days that last a week',
      lines: ['DTSTART;VALUE=DATE:20191230', 'DURATION:P1W'],
      start: '2019-12-30',
      end: '2020-01-05',
    },
  ])('$says', ({ lines, start, end }) => {
    expect(read(...lines)).toMatchObject({ start, end });
  });

  it.each([
    { because: 'no start', lines: [], says: 'has no start' },
    { because: '31 February', lines: ['DTSTART:20190231T070000Z'], says: 'cannot be understood' },
    {
      because: 'a zone nobody knows',
      lines: ['DTSTART;TZID=Mars/Base:20190509T070000'],
      says: 'in the zone “Mars/Base”',
    },
    {
      because: 'an end before the start',
      lines: ['DTSTART:20190509T070000Z', 'DTEND:20190508T070000Z'],
      says: 'has an end',
    },
    {
      because: 'a date for an end of an hour',
      lines: ['DTSTART:20190509T070000Z', 'DTEND;VALUE=DATE:20190510'],
      says: 'has an end',
    },
  ])('leaves an event out and says so: $because', ({ lines, says }) => {
    expect(read(...lines)).toContain(says);
  });

  it('takes the file’s own zone where a time has none', () => {
    const text = calendar(
      'X-WR-TIMEZONE:Asia/Aqtobe',
      'BEGIN:VEVENT',
      'DTSTART:20190509T130000',
      'END:VEVENT',
    );
    expect(readIcs(text, 'UTC')?.events[0]?.start).toBe('2019-05-09T08:00:00Z');
  });
});

describe('what an iCalendar file says', () => {
  it('unfolds lines, also within a character’s neighbours, and takes any line end', () => {
    expect(unfold('\uFEFFA:b\r\n c\r\n\td\nE:f\r')).toEqual(['A:bcd', 'E:f']);
  });
  it('reads parameters with quotes, colons and lists in them', () => {
    const line = parseLine('ATTENDEE;CN="Last; First: x";ROLE=A,B:mailto:a@example.org');
    expect(line?.value).toBe('mailto:a@example.org');
    expect([...(line?.parameters ?? [])]).toEqual([
      ['CN', 'Last; First: x'],
      ['ROLE', 'A,B'],
    ]);
    expect(parseLine('no content line')).toBeNull();
  });
  it('undoes escapes once, from left to right', () => {
    expect(unescapeText(String.raw`a\, b\; c\\n d\ne`)).toBe('a, b; c\\n d\ne');
  });
  it('passes over alarms and what was called off, and remarks on a rule that cannot be followed', () => {
    const text = calendar(
      ...['BEGIN:VEVENT', 'SUMMARY:Weekly stream', 'DTSTART:20260301T150000Z', 'RRULE:FREQ=HOURLY'],
      ...['BEGIN:VALARM', 'SUMMARY:Wrong', 'DTSTART:20000101T000000Z', 'END:VALARM', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'SUMMARY:Off', 'STATUS:CANCELLED', 'DTSTART:20260301T150000Z', 'END:VEVENT'],
      ...['BEGIN:VEVENT', 'SUMMARY:Never closed', 'DTSTART:20260301T150000Z'],
    );
    const answer = readIcs(text, 'UTC');
    expect(answer?.events.map(({ summary, start }) => [summary, start])).toEqual([
      ['Weekly stream', '2026-03-01T15:00:00Z'],
    ]);
    expect(answer?.remarks).toEqual([
      '“Weekly stream” repeats by a rule that cannot be followed (FREQ=HOURLY); only its first occurrence, 2026-03-01T15:00:00Z, was taken.',
    ]);
  });
  it('is refused where it is no calendar', () => {
    expect(readIcs('<html>', 'UTC')).toBeNull();
    expect(readIcs('', 'UTC')).toBeNull();
  });
  it('becomes facts: kind from its categories, place from the catalogue', () => {
    const text = calendar(
      ...['BEGIN:VEVENT', 'UID:abc-1@example.org', 'SUMMARY:Стрим', 'CATEGORIES:Politics,Livestream'],
      ...['LOCATION:Алма-Ата\\, площадь', 'DTSTART:20260301T150000Z', 'DTEND:20260301T170000Z', 'END:VEVENT'],
    );
    expect(importIcs(text, 'other', book)?.facts).toMatchObject([
      {
        id: 'ics-abc-1-example-org',
        kind: 'livestream',
        titles: { en: 'Стрим' },
        places: ['almaty'],
        precision: 'minute',
      },
    ]);
  });
});

describe('writing', () => {
  function feed(facts: readonly CalendarFact[]): string {
    return writeIcs({
      name: 'Events, and more',
      events: facts.map((fact) => eventOf(fact, book, 'calendar')),
      nowMs: Date.parse('2026-03-12T15:47:12Z'),
      zoneOf: ({ places }) => book.timeZone(places),
      placeName: (id) => id,
      remarkOf: ({ precision }) => (precision === 'month' ? 'Known to the month only.' : null),
    });
  }
  const long = aFact({
    id: 'long',
    titles: { en: `Шествие; с запятой, и \\ чертой. ${'Очень длинное название 😀 '.repeat(8)}`.trim() },
    notes: 'First line\nsecond line',
  });

  it('keeps every physical line at 75 octets and cuts no character', () => {
    const lines = feed([long]).split('\r\n');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(lines.join('\n')).not.toContain('\uFFFD');
    expect(unfold(fold('😀'.repeat(100)))).toEqual(['😀'.repeat(100)]);
  });

  it('writes days and months as whole days, with their own remark, and hours in UTC', () => {
    const text = feed([
      aFact({ id: 'day' }),
      aFact({ id: 'month', start: '2018-02', end: '2018-03', precision: 'month' }),
      aFact({ id: 'hour', start: '2019-05-09T07:00:00Z', end: '2019-05-09T14:00:00Z', precision: 'hour' }),
    ]);
    expect(text).toContain('DTSTART;VALUE=DATE:20190509\r\nDTEND;VALUE=DATE:20190510\r\n');
    expect(text).toContain('DTSTART;VALUE=DATE:20180201\r\nDTEND;VALUE=DATE:20180401\r\n');
    expect(text).toContain('DESCRIPTION:Known to the month only.');
    expect(text).toContain('DTSTART:20190509T070000Z\r\nDTEND:20190509T140000Z\r\n');
    expect(text.match(/DTSTAMP:20260312T154712Z/g)).toHaveLength(3);
  });

  it('lets no text break out of its line', () => {
    const text = feed([aFact({ titles: { en: 'x\r\nEND:VCALENDAR' } })]);
    expect(text.match(/^END:VCALENDAR/gm)).toHaveLength(1);
  });

  it('is read back as the same facts', () => {
    const facts = [
      long,
      aFact({ id: 'a' }),
      aFact({ id: 'b', start: '2019-05-09T07:00:00Z', end: '2019-05-09T14:00:00Z', precision: 'minute' }),
    ];
    const again = importIcs(feed(facts), 'other', book)?.facts ?? [];
    expect(
      again.map(({ id, kind, start, end, titles }) => ({ id, kind, start, end, en: titles.en })),
    ).toEqual(facts.map(({ id, kind, start, end, titles }) => ({ id, kind, start, end, en: titles.en })));
  });
});
