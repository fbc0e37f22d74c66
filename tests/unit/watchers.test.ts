import { describe, expect, it } from 'vitest';
import type { CalendarFact } from '../../src/events/fact.ts';
import { CloseWatch } from '../../src/agent/close-watch.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import { startLiveBoard } from '../../src/watchers/board.ts';
import { beginLive, endLive } from '../../src/watchers/by-hand.ts';
import { factOf, isLive, isLiveEvent, LIVE_MS_MAX, liveId } from '../../src/watchers/live.ts';
import type { LiveCalendar } from '../../src/watchers/watcher.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { anEvent } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const NOW_MS = Date.UTC(2026, 5, 1, 12);
const MINUTE_MS = 60_000;
const WATCHED = { id: 'zh', actors: [], platforms: ['youtube'], places: [] };
const SAID = {
  title: 'An evening talk',
  platforms: ['youtube', 'facebook'],
  actors: [],
  places: [],
  sources: [],
};

function calendarOf(
  facts: CalendarFact[] = [],
): LiveCalendar & { readonly facts: Map<string, CalendarFact> } {
  const kept = new Map(facts.map((fact) => [fact.id, fact]));
  return {
    facts: kept,
    read: async () => Promise.resolve([...kept.values()]),
    put: async (changed) => {
      for (const fact of changed) kept.set(fact.id, fact);
      return Promise.resolve();
    },
  };
}

describe('a livestream said by hand', () => {
  it('begins once however often it is said, and ends when it is said to', async () => {
    const calendar = calendarOf();
    const id = await beginLive(calendar, SAID, NOW_MS);
    expect(await beginLive(calendar, SAID, NOW_MS + MINUTE_MS)).toBe(id);
    expect([...calendar.facts.values()]).toMatchObject([
      {
        id,
        kind: 'livestream',
        start: '2026-06-01T12:00:00Z',
        end: null,
        platforms: ['youtube', 'facebook'],
      },
    ]);
    await endLive(calendar, id, NOW_MS + 30 * MINUTE_MS);
    expect(calendar.facts.get(id)?.end).toBe('2026-06-01T12:30:00Z');
    expect(await beginLive(calendar, SAID, NOW_MS + 60 * MINUTE_MS)).not.toBe(id);
  });

  it.each([
    { what: 'no platform', said: { ...SAID, platforms: [] }, words: '--platform: say where it is live' },
    { what: 'no title', said: { ...SAID, title: ' – ' }, words: '--title: say what it is' },
    { what: 'a title without end', said: { ...SAID, title: 'x'.repeat(400) }, words: '--titles: expected' },
  ])('is refused with $what', async ({ said, words }) => {
    await expect(beginLive(calendarOf(), said, NOW_MS)).rejects.toThrow(words);
  });

  it('cannot be ended where it is not going on', async () => {
    const calendar = calendarOf();
    const id = await beginLive(calendar, SAID, NOW_MS);
    await expect(endLive(calendar, 'live-other', NOW_MS)).rejects.toThrow('there is no event "live-other"');
    await endLive(calendar, id, NOW_MS);
    await expect(endLive(calendar, id, NOW_MS + 1)).rejects.toThrow('does not go on any more');
  });
});

describe('isLive(fact, nowMs)', () => {
  const fact = factOf(WATCHED, { key: 'a', title: 'x', startMs: NOW_MS, endMs: null, url: null });
  it.each([
    { what: 'an open stream', made: fact, at: NOW_MS, live: true },
    { what: 'one that begins later', made: fact, at: NOW_MS - 1, live: false },
    { what: 'one that nobody ended', made: fact, at: NOW_MS + LIVE_MS_MAX, live: false },
    { what: 'one that ends later', made: { ...fact, end: '2026-06-01T13:00:00Z' }, at: NOW_MS, live: true },
    {
      what: 'one that has ended',
      made: { ...fact, end: '2026-06-01T13:00:00Z' },
      at: NOW_MS + 61 * MINUTE_MS,
      live: false,
    },
    {
      what: 'an event of the past that people noted',
      made: { ...fact, id: '2026-talk' },
      at: NOW_MS,
      live: false,
    },
    { what: 'a rally', made: { ...fact, kind: 'rally' as const }, at: NOW_MS, live: false },
  ])('is $live of $what', ({ made, at, live }) => {
    expect(isLive(made, at)).toBe(live);
  });

  it('has one id for one stream, another for another, whatever its key holds', () => {
    expect(liveId('zh', '-_--a')).toBe(liveId('zh', '-_--a'));
    expect(liveId('zh', 'a')).not.toBe(liveId('other', 'a'));
    expect(liveId('zh', 'https://x/?a=b c')).toMatch(/^live-zh-[0-9a-f]{16}$/);
  });
});

describe('isLiveEvent(event, nowMs)', () => {
  const event = anEvent({
    precision: 'minute',
    id: 'live-zh-1',
    kind: 'livestream',
    startMs: NOW_MS,
    endMs: NOW_MS,
    endKnown: false,
  });

  it.each([
    ['goes on, its end unknown', {}, MINUTE_MS, true],
    ['has not begun', {}, -MINUTE_MS, false],
    ['was forgotten', {}, LIVE_MS_MAX, false],
    ['has ended', { endKnown: true }, MINUTE_MS, false],
    [
      'has an end that is known beforehand',
      { endMs: NOW_MS + 2 * MINUTE_MS, endKnown: true },
      MINUTE_MS,
      true,
    ],
    ['was written by a person', { id: 'talk' }, MINUTE_MS, false],
    ['is a rally', { kind: 'rally' as const }, MINUTE_MS, false],
    ['is known by its day alone', { precision: 'day' as const }, MINUTE_MS, false],
  ])('of one that %s', (_name, difference, afterMs, isSo) => {
    expect(isLiveEvent({ ...event, ...difference }, NOW_MS + afterMs)).toBe(isSo);
  });
});

describe('startLiveBoard(…)', () => {
  it('says which platforms are live as it changes, and ends what was forgotten', async () => {
    const clock = new ManualClock(NOW_MS);
    const calendar = calendarOf();
    const said: string[][] = [];
    const board = startLiveBoard({
      calendar,
      mayEnd: () => true,
      clock,
      log: silentLog,
      onLive: (platforms) => said.push([...platforms].sort()),
    });
    await clock.advance(15_000);
    const id = await beginLive(calendar, SAID, clock.nowMs());
    await clock.advance(15_000);
    expect(said).toEqual([['facebook', 'youtube']]);
    await clock.advance(LIVE_MS_MAX + 15_000);
    expect(said).toEqual([['facebook', 'youtube'], []]);
    expect(calendar.facts.get(id)).toMatchObject({
      end: '2026-06-02T00:00:15Z',
      approximate: true,
      notes: 'Nobody ended it: it is taken as over after 12 hours.',
    });
    await board.stop();
  });
});

describe('CloseWatch', () => {
  function page(platform: PlannedTarget['platform']): PlannedTarget {
    const url = `https://${platform}.example/`;
    return { id: `${platform}-www`, platform, probe: 'web', url, lightUrl: url };
  }

  it('checks the pages of these platforms every half minute, within the data budget, until told otherwise', async () => {
    const clock = new ManualClock();
    const stopping = new AbortController();
    const checked: string[] = [];
    let mayAdd = true;
    const watch = new CloseWatch({
      targets: [page('youtube'), page('facebook'), page('vk')],
      clock,
      mayAdd: () => mayAdd,
      check: async ({ id }) => Promise.resolve(checked.push(id)),
      signal: stopping.signal,
    });
    watch.set(new Set(['youtube', 'vk']));
    await clock.advance(30_000);
    expect(checked).toEqual(['youtube-www', 'vk-www', 'youtube-www', 'vk-www']);
    mayAdd = false;
    await clock.advance(60_000);
    expect(checked).toHaveLength(4);
    mayAdd = true;
    watch.set(new Set());
    await clock.advance(60_000);
    expect(checked).toHaveLength(4);
    watch.set(new Set(['facebook']));
    await clock.advance(1);
    expect(checked.at(-1)).toBe('facebook-www');
    stopping.abort();
    await watch.ended();
  });
});
