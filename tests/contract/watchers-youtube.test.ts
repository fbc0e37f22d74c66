/** The YouTube watcher against a real server: what it puts into `events.yaml`, over restarts and through trouble. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPoliteHttp } from '../../src/polite/http.ts';
import { openQuota } from '../../src/borrowed/quota.ts';
import type { Quota } from '../../src/borrowed/quota.ts';
import { changeUserCalendar, readUserFacts } from '../../src/events/user-calendar.ts';
import type { WatchSource } from '../../src/watchers/source.ts';
import { createYoutubeSource, untilPacificMidnight } from '../../src/watchers/youtube.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { silentLog } from '../support/silent-log.ts';
import { factsOf, hands, lookOnce, WATCHED } from '../support/watching.ts';
import { startYoutube } from '../support/worlds/youtube.ts';
import type { YoutubeWorld } from '../support/worlds/youtube.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1, 12);
const CHANNEL = 'UC0123456789abcdefghijkl';
const http = createPoliteHttp('aiqyn/test');

beforeEach(() => {
  hands.nowMs = NOW_MS;
});

describe('the YouTube watcher', () => {
  let world: YoutubeWorld;
  beforeEach(async () => {
    world = await startYoutube();
  });
  afterEach(async () => {
    await world.close();
  });

  const ordinary = { id: 'a-plain_video', channel: CHANNEL, title: 'A film' };
  const live = {
    id: '-x_Live--1',
    channel: CHANNEL,
    title: 'Live: evening talk',
    live: { actualStartTime: '2026-06-01T11:55:10Z' },
  };
  const over = { ...live, live: { ...live.live, actualEndTime: '2026-06-01T13:20:00Z' } };

  async function youtube(folder: string, limit = 10_000): Promise<{ source: WatchSource; quota: Quota }> {
    async function quotaOf(name: string, units: number): Promise<Quota> {
      const file = join(folder, `${name}.json`);
      return openQuota({
        limit: units,
        endOf: untilPacificMidnight,
        file,
        nowMs: () => hands.nowMs,
        log: silentLog,
      });
    }
    const quota = await quotaOf('units', limit);
    const searches = await quotaOf('searches', 100);
    const source = createYoutubeSource({
      watched: WATCHED,
      channel: CHANNEL,
      url: world.url,
      key: 'a-key',
      http,
      quota,
      searches,
      everyMs: MINUTE_MS,
      nowMs: () => hands.nowMs,
    });
    return { source, quota };
  }

  it('begins an event when a stream begins, and ends it when it ends, over restarts and never twice', async () => {
    await withTemporaryFolder(async (folder) => {
      world.videos = [{ ...live, live: { scheduledStartTime: '2026-06-01T11:55:00Z' } }, ordinary];
      await lookOnce(folder, (await youtube(folder)).source);
      expect(await factsOf(folder)).toEqual([]);

      world.videos = [live, ordinary];
      for (const restart of [1, 2, 3]) {
        const status = await lookOnce(folder, (await youtube(folder)).source);
        expect({ restart, ...status }).toMatchObject({ open: 1, problem: null });
      }
      expect(await readUserFacts(folder)).toMatchObject([
        {
          kind: 'livestream',
          start: '2026-06-01T11:55:10Z',
          end: null,
          titles: { en: 'Live: evening talk' },
          actors: ['A politician'],
          platforms: ['youtube'],
          places: ['almaty'],
          sources: ['https://www.youtube.com/watch?v=-x_Live--1'],
        },
      ]);

      world.videos = [over, ordinary];
      hands.nowMs += 2 * HOUR_MS;
      for (let restart = 0; restart < 2; restart += 1) await lookOnce(folder, (await youtube(folder)).source);
      expect(await factsOf(folder)).toEqual([
        { title: 'Live: evening talk', start: '2026-06-01T11:55:10Z', end: '2026-06-01T13:20:00Z' },
      ]);
    });
  });

  it('still asks about an open stream when newer videos have pushed it out of the list', async () => {
    await withTemporaryFolder(async (folder) => {
      world.videos = [live];
      await lookOnce(folder, (await youtube(folder)).source);
      const newer = Array.from({ length: 12 }, (_, n) => ({ ...ordinary, id: `newer-${n}` }));
      world.videos = [...newer, over];
      await lookOnce(folder, (await youtube(folder)).source);
      expect((await factsOf(folder))[0]?.end).toBe('2026-06-01T13:20:00Z');
    });
  });

  it('fills in by one search what was live before it looked', async () => {
    await withTemporaryFolder(async (folder) => {
      const newer = Array.from({ length: 12 }, (_, n) => ({ ...ordinary, id: `newer-${n}` }));
      world.videos = [...newer, live];
      const { source } = await youtube(folder);
      await source.look([], new AbortController().signal);
      const look = await source.look([], new AbortController().signal);
      expect(look.kind).toBe('seen');
      expect(world.asked.filter(({ what }) => what === 'search')).toHaveLength(1);
      await lookOnce(folder, (await youtube(folder)).source);
      expect(await factsOf(folder)).toHaveLength(1);
    });
  });

  it('says that the end is an estimate where a stream was taken away', async () => {
    await withTemporaryFolder(async (folder) => {
      world.videos = [live, ordinary];
      const { source } = await youtube(folder);
      await lookOnce(folder, source);
      world.videos = [ordinary];
      hands.nowMs += HOUR_MS;
      for (let look = 0; look < 3; look += 1) await lookOnce(folder, source);
      expect(await readUserFacts(folder)).toMatchObject([
        {
          end: '2026-06-01T13:00:00Z',
          approximate: true,
          notes: 'Its end is when it was no longer to be seen.',
        },
      ]);
    });
  });

  it('leaves out what a person took out of the calendar', async () => {
    await withTemporaryFolder(async (folder) => {
      world.videos = [live];
      await lookOnce(folder, (await youtube(folder)).source);
      const [fact] = await readUserFacts(folder);
      await changeUserCalendar(folder, { remove: fact?.id ?? '' });
      await lookOnce(folder, (await youtube(folder)).source);
      expect(await factsOf(folder)).toEqual([]);
    });
  });

  it('keeps to its units, looks less often as they run low, and believes a refusal', async () => {
    await withTemporaryFolder(async (folder) => {
      world.videos = [ordinary];
      const { source, quota } = await youtube(folder, 5);
      expect(source.everyMs).toBe(HOUR_MS);
      await lookOnce(folder, source);
      await lookOnce(folder, source);
      const status = await lookOnce(folder, source);
      expect(status.problem).toContain('used up');
      expect(quota.left()).toBeLessThan(2);
      const units = world.asked.filter(({ what }) => what !== 'search').length;
      expect(units).toBeLessThanOrEqual(5);
    });
    await withTemporaryFolder(async (folder) => {
      world.isUsedUp = true;
      const { source, quota } = await youtube(folder);
      expect((await lookOnce(folder, source)).problem).toContain('used up');
      expect(quota.left()).toBe(0);
      world.isUsedUp = false;
    });
  });

  it.each(['breaks', 'truncates', 'drifts'] as const)(
    'ends nothing, shows no key, and says what is wrong where the service %s',
    async (trouble) => {
      await withTemporaryFolder(async (folder) => {
        world.videos = [live];
        await lookOnce(folder, (await youtube(folder)).source);
        world.trouble = trouble;
        const { problem } = await lookOnce(folder, (await youtube(folder)).source);
        expect(problem).toMatch(/YouTube/);
        expect(problem).not.toContain('a-key');
        expect((await factsOf(folder))[0]?.end).toBeNull();
      });
    },
  );
});

describe('untilPacificMidnight(atMs)', () => {
  it.each([
    ['2026-06-01T12:00:00Z', '2026-06-02T07:00:00Z'],
    ['2026-01-15T07:59:59Z', '2026-01-15T08:00:00Z'],
  ])('of %s is %s', (at, end) => {
    expect(new Date(untilPacificMidnight(Date.parse(at))).toISOString().replace('.000', '')).toBe(end);
  });
});
