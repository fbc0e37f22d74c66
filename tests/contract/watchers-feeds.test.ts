/** Feeds, calendars and JSON that are watched, on a real server: what comes of them in `events.yaml`. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPoliteHttp } from '../../src/polite/http.ts';
import { readUserFacts } from '../../src/events/user-calendar.ts';
import { createFeedSource } from '../../src/watchers/feed.ts';
import { createIcsSource } from '../../src/watchers/ics.ts';
import { createJsonSource } from '../../src/watchers/json.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { factsOf, hands, lookOnce, WATCHED } from '../support/watching.ts';
import { atom, ics, rss, startFeeds } from '../support/worlds/feeds.ts';
import type { FeedsWorld } from '../support/worlds/feeds.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1, 12);
const http = createPoliteHttp('aiqyn/test');

beforeEach(() => {
  hands.nowMs = NOW_MS;
});

describe('the other watchers', () => {
  let world: FeedsWorld;
  beforeEach(async () => {
    world = await startFeeds();
  });
  afterEach(async () => {
    await world.close();
  });
  function common(path: string) {
    return {
      watched: WATCHED,
      url: `${world.url}${path}`,
      http,
      everyMs: MINUTE_MS,
      nowMs: () => hands.nowMs,
    };
  }

  it.each([
    { what: 'RSS', write: rss },
    { what: 'Atom', write: atom },
  ])(
    'takes a new item of $what as a stream, and its end after its time as an estimate',
    async ({ write }) => {
      await withTemporaryFolder(async (folder) => {
        const source = createFeedSource({ ...common('/feed'), lastsMs: 2 * HOUR_MS });
        const old = { id: 'old', title: 'Yesterday', atMs: NOW_MS - 24 * HOUR_MS };
        const fresh = { id: 'fresh', title: 'Tonight', atMs: NOW_MS - MINUTE_MS };
        world.documents.set('/feed', write([fresh, old]));
        await lookOnce(folder, source);
        expect(await factsOf(folder)).toEqual([
          { title: 'Tonight', start: '2026-06-01T11:59:00Z', end: null },
        ]);
        hands.nowMs += 3 * HOUR_MS;
        for (let look = 0; look < 2; look += 1) await lookOnce(folder, source);
        expect(await readUserFacts(folder)).toMatchObject([
          {
            end: '2026-06-01T13:59:00Z',
            approximate: true,
            notes: 'Nobody said when it ended: 120 minutes are assumed.',
          },
        ]);
      });
    },
  );

  it('takes what a calendar announced in when its hour has struck, with the end that it says', async () => {
    await withTemporaryFolder(async (folder) => {
      const source = createIcsSource(common('/c.ics'));
      const event = { uid: 'talk@example.org', fromMs: NOW_MS + MINUTE_MS, toMs: NOW_MS + HOUR_MS };
      world.documents.set('/c.ics', ics([event]));
      await lookOnce(folder, source);
      expect(await factsOf(folder)).toEqual([]);
      hands.nowMs += 2 * MINUTE_MS;
      for (let look = 0; look < 2; look += 1) await lookOnce(folder, source);
      expect(await factsOf(folder)).toEqual([
        { title: 'Stream talk@example.org', start: '2026-06-01T12:01:00Z', end: '2026-06-01T13:00:00Z' },
      ]);
    });
  });

  it('reads any JSON by its pointers', async () => {
    await withTemporaryFolder(async (folder) => {
      const mapping = {
        items: '/data/streams',
        id: '/uid',
        title: '/meta/name',
        start: '/since',
        end: null,
        live: '/on~1air',
        url: null,
      };
      const source = createJsonSource({ ...common('/live.json'), mapping });
      const stream = { uid: 7, meta: { name: 'Radio' }, since: NOW_MS / 1_000 - 60, 'on/air': true };
      world.documents.set(
        '/live.json',
        JSON.stringify({ data: { streams: [stream, { uid: 8, 'on/air': false }] } }),
      );
      await lookOnce(folder, source);
      expect(await factsOf(folder)).toEqual([{ title: 'Radio', start: '2026-06-01T11:59:00Z', end: null }]);
      hands.nowMs += HOUR_MS;
      world.documents.set(
        '/live.json',
        JSON.stringify({ data: { streams: [{ ...stream, 'on/air': false }] } }),
      );
      await lookOnce(folder, source);
      expect(await readUserFacts(folder)).toMatchObject([{ end: '2026-06-01T13:00:00Z', approximate: true }]);
    });
  });

  it.each([
    { what: 'a feed with entities of its own', text: '<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>' },
    { what: 'a page', text: '<html><body>Sign in</body></html>' },
    { what: 'half a feed', text: '<rss><channel><item>' },
  ])('says so of $what, and begins nothing', async ({ text }) => {
    await withTemporaryFolder(async (folder) => {
      world.documents.set('/feed', text);
      const source = createFeedSource({ ...common('/feed'), lastsMs: HOUR_MS });
      expect((await lookOnce(folder, source)).problem).toBe('The feed is neither RSS nor Atom.');
      expect(await factsOf(folder)).toEqual([]);
    });
  });

  it('says so where there is nothing, or no list', async () => {
    await withTemporaryFolder(async (folder) => {
      const mapping = { items: '/x', id: '/id', title: null, start: null, end: null, live: null, url: null };
      const source = createJsonSource({ ...common('/live.json'), mapping });
      expect((await lookOnce(folder, source)).problem).toBe('It answers with status 404.');
      world.documents.set('/live.json', '{"x":{}}');
      expect((await lookOnce(folder, source)).problem).toBe('There is no list at "/x".');
    });
  });
});
