/** Repeated events of iCalendar, each occurrence on its own day (examples after RFC 5545, 3.8.5.3). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { readIcs } from '../../../src/events/ics/read.ts';
import { daysOf, OCCURRENCES_MAX, parseRule } from '../../../src/events/ics/recur.ts';
import { importIcs } from '../../../src/events/imports/ics.ts';
import { createPlaceBook } from '../../../src/events/places.ts';

function event(...properties: readonly string[]): readonly string[] {
  return ['BEGIN:VEVENT', 'UID:u', 'SUMMARY:S', ...properties, 'END:VEVENT'];
}
function calendar(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}
function startsOf(...properties: readonly string[]): string[] {
  return (readIcs(calendar(...event(...properties)), 'Asia/Almaty')?.events ?? []).map(({ start }) => start);
}
/** Days of a rule from 2026-03-01, a Sunday, in short. */
function days(rule: string, first = '20260301'): string[] {
  return startsOf(`DTSTART;VALUE=DATE:${first}`, `RRULE:${rule}`).map((start) => start.slice(2));
}

describe('a rule', () => {
  it.each([
    ['FREQ=DAILY;COUNT=3', ['26-03-01', '26-03-02', '26-03-03']],
    ['FREQ=DAILY;INTERVAL=10;UNTIL=20260325', ['26-03-01', '26-03-11', '26-03-21']],
    ['FREQ=DAILY;BYDAY=SA,SU;COUNT=4', ['26-03-01', '26-03-07', '26-03-08', '26-03-14']],
    ['FREQ=DAILY;BYMONTH=3,5;INTERVAL=20;COUNT=4', ['26-03-01', '26-03-21', '26-05-20', '27-03-16']],
    ['FREQ=WEEKLY;COUNT=3', ['26-03-01', '26-03-08', '26-03-15']],
    ['FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4', ['26-03-01', '26-03-03', '26-03-05', '26-03-10']],
    // The first Sunday ends a week that begins on Monday, and begins one that begins on Sunday.
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4;WKST=MO', ['26-03-01', '26-03-09', '26-03-15', '26-03-23']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4;WKST=SU', ['26-03-01', '26-03-02', '26-03-15', '26-03-16']],
    ['FREQ=MONTHLY;COUNT=3', ['26-03-01', '26-04-01', '26-05-01']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3', ['26-03-01', '26-03-31', '26-04-30']],
    ['FREQ=MONTHLY;BYDAY=1FR;COUNT=3', ['26-03-01', '26-03-06', '26-04-03']],
    ['FREQ=MONTHLY;BYDAY=-1SU;COUNT=3', ['26-03-01', '26-03-29', '26-04-26']],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3', ['26-03-01', '26-03-13', '26-11-13']],
    ['FREQ=YEARLY;COUNT=3', ['26-03-01', '27-03-01', '28-03-01']],
    ['FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=9;COUNT=3', ['26-03-01', '26-05-09', '27-05-09']],
    ['FREQ=YEARLY;BYMONTH=12;BYDAY=3SU;COUNT=2', ['26-03-01', '26-12-20']],
  ])('%s', (rule, expected) => {
    expect(days(rule)).toEqual(expected);
  });

  it('leaves out days that a month or a year does not have', () => {
    expect(days('FREQ=MONTHLY;COUNT=4', '20260131')).toEqual([
      '26-01-31',
      '26-03-31',
      '26-05-31',
      '26-07-31',
    ]);
    expect(days('FREQ=YEARLY;COUNT=3', '20240229')).toEqual(['24-02-29', '28-02-29', '32-02-29']);
  });

  it.each([
    'FREQ=HOURLY',
    'FREQ=DAILY;BYSETPOS=1',
    'FREQ=YEARLY;BYWEEKNO=20',
    'FREQ=YEARLY;BYDAY=20MO',
    'FREQ=YEARLY;BYDAY=MO',
    'FREQ=WEEKLY;BYDAY=1MO',
    'FREQ=WEEKLY;BYMONTHDAY=3',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;COUNT=0',
    'FREQ=MONTHLY;BYMONTHDAY=32',
    'FREQ=DAILY;FREQ=DAILY',
    'INTERVAL=2',
    'nonsense',
  ])('%s is refused by name, and gives its first occurrence alone', (rule) => {
    expect(typeof parseRule(rule)).toBe('string');
    const answer = readIcs(calendar(...event('DTSTART:20260301T150000Z', `RRULE:${rule}`)), 'UTC');
    expect(answer?.events).toHaveLength(1);
    expect(answer?.remarks[0]).toContain('repeats by a rule that cannot be followed (');
  });

  it('that never ends is cut, and said to be', () => {
    const answer = readIcs(calendar(...event('DTSTART:20260301T150000Z', 'RRULE:FREQ=DAILY')), 'UTC');
    expect(answer?.events).toHaveLength(OCCURRENCES_MAX);
    expect(answer?.remarks).toEqual([`“S” goes on; its first ${OCCURRENCES_MAX} occurrences were taken.`]);
  });

  it('that can never come true ends by itself', () => {
    expect(days('FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30')).toEqual(['26-03-01']);
  });

  it('gives ascending days, none twice, none before the first and none that it does not name', () => {
    const weekday = fc.constantFrom('SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA');
    const frequency = fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY');
    fc.assert(
      fc.property(
        frequency,
        weekday,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        (freq, by, every, count) => {
          const rule = parseRule(`FREQ=${freq};INTERVAL=${every};COUNT=${count};BYDAY=${by}`);
          if (typeof rule === 'string') throw new Error(rule);
          const first = Date.UTC(2026, 2, 1);
          const { daysMs } = daysOf(rule, first, () => false);
          expect(daysMs[0]).toBe(first);
          expect(daysMs.length).toBeLessThanOrEqual(count);
          expect([...daysMs].sort((a, b) => a - b)).toEqual(daysMs);
          expect(new Set(daysMs).size).toBe(daysMs.length);
          const weekdays = new Set(daysMs.slice(1).map((dayMs) => new Date(dayMs).getUTCDay()));
          expect([...weekdays]).toEqual(weekdays.size === 0 ? [] : [rule.byDay[0]?.weekday]);
        },
      ),
    );
  });
});

describe('a repeated event', () => {
  it('keeps its time on the wall when the zone changes: Almaty, 1 March 2024', () => {
    expect(startsOf('DTSTART;TZID=Asia/Almaty:20240229T200000', 'RRULE:FREQ=DAILY;COUNT=2')).toEqual([
      '2024-02-29T14:00:00Z',
      '2024-03-01T15:00:00Z',
    ]);
  });

  it('ends with UNTIL, which belongs to it', () => {
    const at = 'DTSTART:20260301T150000Z';
    expect(startsOf(at, 'RRULE:FREQ=DAILY;UNTIL=20260303T150000Z')).toHaveLength(3);
    expect(startsOf(at, 'RRULE:FREQ=DAILY;UNTIL=20260303T145959Z')).toHaveLength(2);
    expect(startsOf(at, 'RRULE:FREQ=DAILY;UNTIL=20260303')).toHaveLength(3);
  });

  it('leaves out what EXDATE names, in any of its lines and zones, and adds RDATE', () => {
    const found = startsOf(
      ...['DTSTART;TZID=Asia/Almaty:20260301T200000', 'RRULE:FREQ=DAILY;COUNT=5'],
      ...['EXDATE:20260302T150000Z', 'EXDATE;TZID=Asia/Almaty:20260303T200000,20260304T200000'],
      'RDATE:20260401T150000Z',
    );
    expect(found).toEqual(['2026-03-01T15:00:00Z', '2026-03-05T15:00:00Z', '2026-04-01T15:00:00Z']);
  });

  it('lasts as long each time', () => {
    const text = calendar(
      ...event('DTSTART;VALUE=DATE:20260301', 'DURATION:P2D', 'RRULE:FREQ=MONTHLY;COUNT=2'),
    );
    expect(readIcs(text, 'UTC')?.events.map(({ start, end }) => `${start} ${end}`)).toEqual([
      '2026-03-01 2026-03-02',
      '2026-04-01 2026-04-02',
    ]);
  });

  it('has occurrences that were moved or called off one by one', () => {
    const text = calendar(
      ...event('DTSTART:20260301T150000Z', 'RRULE:FREQ=WEEKLY;COUNT=4'),
      ...event('RECURRENCE-ID:20260308T150000Z', 'DTSTART:20260309T160000Z'),
      ...event('RECURRENCE-ID:20260315T150000Z', 'DTSTART:20260315T150000Z', 'STATUS:CANCELLED'),
    );
    expect(readIcs(text, 'UTC')?.events.map(({ start }) => start)).toEqual([
      '2026-03-01T15:00:00Z',
      '2026-03-22T15:00:00Z',
      '2026-03-09T16:00:00Z',
    ]);
  });

  it('gives facts whose ids stay the same over imports', () => {
    const book = createPlaceBook(loadCatalog().places);
    const text = calendar(...event('DTSTART:20260301T150000Z', 'RRULE:FREQ=WEEKLY;COUNT=2'));
    const ids = [1, 2].map(() => importIcs(text, 'livestream', book)?.facts.map(({ id }) => id));
    expect(ids[0]).toEqual(['ics-u-2026-03-01', 'ics-u-2026-03-08']);
    expect(ids[1]).toEqual(ids[0]);
  });

  it('is taken whole or not at all: an exception that cannot be understood could be any day', () => {
    const text = calendar(...event('DTSTART:20260301T150000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:soon'));
    const answer = readIcs(text, 'UTC');
    expect(answer?.events).toHaveLength(1);
    expect(answer?.remarks[0]).toContain('(EXDATE:soon)');
  });
});
