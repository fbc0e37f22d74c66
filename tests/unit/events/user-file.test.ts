/** Changes to the user's file keep what a person wrote in it. */
import { describe, expect, it } from 'vitest';
import { mergeCalendars, parseUserCalendar } from '../../../src/events/calendar.ts';
import { putFacts, takeOut } from '../../../src/events/user-file.ts';
import { ConfigError } from '../../../src/errors.ts';
import { aFact } from '../../support/calendar.ts';

const FILE = 'events.yaml';
const mine = aFact({ id: 'mine' });

describe('putFacts', () => {
  it('makes a file that says what it is for, and reads back as the same fact', () => {
    const text = putFacts('', [mine], FILE);
    expect(text).toMatch(/^# Events of your own\./);
    expect(parseUserCalendar(text, FILE).events).toEqual([mine]);
  });
  it('keeps comments and the order, and puts a known id in its place', () => {
    const text = `# My notes\nevents:\n  # the first\n  - { id: a, kind: rally, start: 2019-05-09, precision: day, titles: { en: A } }\n  - { id: b, kind: rally, start: 2019-05-09, precision: day, titles: { en: B } }\n`;
    const changed = putFacts(text, [aFact({ id: 'b', titles: { en: 'New B' } }), mine], FILE);
    expect(changed).toContain('# My notes');
    expect(changed).toContain('# the first');
    expect(parseUserCalendar(changed, FILE).events.map(({ id, titles }) => [id, titles.en])).toEqual([
      ['a', 'A'],
      ['b', 'New B'],
      ['mine', 'A rally on Victory Day'],
    ]);
  });
  it('keeps an unknown end unknown', () => {
    const text = putFacts('', [aFact({ end: null })], FILE);
    expect(parseUserCalendar(text, FILE).events[0]?.end).toBeNull();
  });
  it('brings a removed fact back when it is edited', () => {
    const removed = takeOut('', 'mine', true, FILE);
    expect(parseUserCalendar(putFacts(removed, [mine], FILE), FILE).removed).toEqual([]);
  });
  it('refuses to write into a file that is wrong', () => {
    expect(() => putFacts('events: 7', [mine], FILE)).toThrow(ConfigError);
  });
});

describe('takeOut', () => {
  it('deletes the user’s own, and only names a shipped one', () => {
    expect(parseUserCalendar(takeOut(putFacts('', [mine], FILE), 'mine', false, FILE), FILE)).toEqual({
      events: [],
      removed: [],
    });
    expect(parseUserCalendar(takeOut('', 'shipped', true, FILE), FILE).removed).toEqual(['shipped']);
  });
  it('takes an edited shipped fact out wholly, and twice is as once', () => {
    const once = takeOut(putFacts('', [mine], FILE), 'mine', true, FILE);
    expect(mergeCalendars([mine], parseUserCalendar(once, FILE))).toEqual([]);
    expect(parseUserCalendar(takeOut(once, 'mine', true, FILE), FILE).removed).toEqual(['mine']);
  });
  it('says when there is no such event', () => {
    expect(() => takeOut('', 'mine', false, FILE)).toThrow('there is no event "mine"');
  });
});

describe('mergeCalendars', () => {
  it('gives all by start, and says whose each is', () => {
    const entries = mergeCalendars([aFact({ id: 'late', start: '2020-01-01', end: null })], {
      events: [mine],
      removed: [],
    });
    expect(entries.map(({ fact, origin }) => [fact.id, origin])).toEqual([
      ['mine', 'user'],
      ['late', 'calendar'],
    ]);
  });
  it('refuses an id that stands twice in one file', () => {
    const line = '  - { id: a, kind: rally, start: 2019-05-09, precision: day, titles: { en: A } }\n';
    expect(() => parseUserCalendar(`events:\n${line}${line}`, FILE)).toThrow('stands twice');
  });
});
