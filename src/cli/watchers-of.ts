/** Watchers as the configuration has them, beside the monitor: what they see goes into the calendar, and closer looks with it. */
import { join } from 'node:path';
import { systemClock } from '../../probes/net/clock.ts';
import { openQuota, untilMidnightUtc } from '../borrowed/quota.ts';
import type { Quota } from '../borrowed/quota.ts';
import type { WatchersConfig, YoutubeConfig } from '../config/watchers-config.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { startLiveBoard } from '../watchers/board.ts';
import { liveCalendarOf } from '../watchers/calendar.ts';
import { createFeedSource } from '../watchers/feed.ts';
import { createIcsSource } from '../watchers/ics.ts';
import { createJsonSource } from '../watchers/json.ts';
import { isLiveEvent, LIVE_MS_MAX } from '../watchers/live.ts';
import { openWatchMemory } from '../watchers/memory.ts';
import type { WatchSource } from '../watchers/source.ts';
import { startWatcher } from '../watchers/watcher.ts';
import type { Watcher } from '../watchers/watcher.ts';
import { createYoutubeSource, untilPacificMidnight } from '../watchers/youtube.ts';
import type { WatchNotice } from '../web/notice.ts';
import type { Monitor } from './monitor.ts';
import { politeHttp } from './polite-http-of.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** YouTube's own figure for `search.list`. */
const SEARCHES_PER_DAY = 100;

export interface Watching {
  notices(): readonly WatchNotice[];
  stop(): Promise<void>;
}

interface Place {
  readonly dataDir: string;
  /** Null: no other collector writes to the store. */
  readonly shared: Pick<Store, 'events'> | null;
  readonly log: Log;
}

/** Others than YouTube, which need no key and no quota. */
function plainSources({ feeds, calendars, json }: WatchersConfig): WatchSource[] {
  const http = politeHttp();
  const clock = systemClock();
  function common<T extends { readonly everySeconds: number; readonly url: string }>(one: T) {
    return {
      watched: one,
      url: one.url,
      http,
      everyMs: one.everySeconds * SECOND_MS,
      nowMs: () => clock.nowMs(),
    };
  }
  return [
    ...feeds.map((one) => createFeedSource({ ...common(one), lastsMs: one.lastsMinutes * MINUTE_MS })),
    ...calendars.map((one) => createIcsSource(common(one))),
    ...json.map((one) => {
      const { items, id, title = null, start = null, end = null, live = null, url = null } = one.map;
      return createJsonSource({ ...common(one), mapping: { items, id, title, start, end, live, url } });
    }),
  ];
}

interface YoutubeSources {
  readonly quota: Quota;
  readonly sources: readonly WatchSource[];
}

async function youtubeSources(config: YoutubeConfig, { dataDir, log }: Place): Promise<YoutubeSources> {
  const clock = systemClock();
  async function quotaOf(name: string, limit: number): Promise<Quota> {
    const file = join(dataDir, 'watchers', `${name}.json`);
    return openQuota({ limit, endOf: untilPacificMidnight, file, nowMs: () => clock.nowMs(), log });
  }
  const quota = await quotaOf('youtube-units', config.unitsPerDay);
  const searches = await quotaOf('youtube-searches', SEARCHES_PER_DAY);
  const http = politeHttp();
  const sources = config.channels.map((watched) =>
    createYoutubeSource({
      watched,
      channel: watched.channel,
      url: config.url,
      key: config.key.reveal(),
      http,
      quota,
      searches,
      everyMs: Math.max(watched.everySeconds * SECOND_MS, fairMs(config)),
      nowMs: () => clock.nowMs(),
    }),
  );
  return { quota, sources };
}

/** A day's units shared by all channels, two for each look. */
function fairMs({ channels, unitsPerDay }: YoutubeConfig): number {
  const dayMs = untilMidnightUtc(0);
  return (channels.length * 2 * dayMs) / unitsPerDay;
}

/** Platforms of the streams that are going on by the store: the collector that watches wrote them there. */
async function liveInStore(store: Pick<Store, 'events'>, nowMs: number): Promise<readonly string[]> {
  const events = await store.events({ fromMs: nowMs - LIVE_MS_MAX, toMs: nowMs + 1 });
  return events.filter((event) => isLiveEvent(event, nowMs)).flatMap(({ platforms }) => platforms);
}

/** Begins to watch. Without a configuration only what people say by hand is heard of. */
export async function startWatching(
  config: WatchersConfig | null,
  place: Place,
  monitor: Monitor,
  onLive: (platforms: ReadonlySet<string>) => void,
): Promise<Watching> {
  function mayWatch(): boolean {
    return monitor.isDetecting();
  }
  const { dataDir, log, shared } = place;
  const clock = systemClock();
  const board = startLiveBoard({
    calendar: liveCalendarOf(dataDir, () => {
      monitor.calendarChanged();
    }),
    ...(shared === null ? {} : { elsewhere: async () => liveInStore(shared, clock.nowMs()) }),
    mayEnd: mayWatch,
    clock,
    log,
    onLive: (platforms) => {
      monitor.watchClosely(platforms);
      onLive(platforms);
      // Said by hand, by another process: the page shows it at once.
      monitor.calendarChanged();
    },
  });
  const calendar = liveCalendarOf(dataDir, () => {
    board.poke();
    monitor.calendarChanged();
  });
  const youtube = config?.youtube == null ? null : await youtubeSources(config.youtube, place);
  const memory = await openWatchMemory(join(dataDir, 'watchers', 'streams.json'), log);
  const all = [...(youtube?.sources ?? []), ...(config === null ? [] : plainSources(config))];
  const watchers: Watcher[] = all.map((source) =>
    startWatcher({ source, calendar, memory, mayWatch, clock, log }),
  );
  const ofYoutube = youtube?.sources.length ?? 0;
  return {
    notices: () =>
      watchers.map((watcher, index): WatchNotice => {
        const status = youtube === null || index >= ofYoutube ? null : youtube.quota.status();
        return { ...watcher.status(), left: status?.left ?? null, limit: status?.limit ?? null };
      }),
    stop: async () => {
      await Promise.all(watchers.map(async (watcher) => watcher.stop()));
      await board.stop();
    },
  };
}
