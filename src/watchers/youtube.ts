/**
 * YouTube's Data API (v3): the newest videos of a channel's uploads list, and of these which are live. A list costs one unit of 10,000 a
 * day; `search.list` has 100 calls a day of its own and only fills in what began before we looked.
 */
import { z } from 'zod';
import type { PoliteHttp } from '../polite/http.ts';
import type { Quota } from '../borrowed/quota.ts';
import { list, orElse } from '../../probes/observations.ts';
import type { LiveSighting, Watched } from './live.ts';
import type { Look, WatchSource } from './source.ts';

/** Of the uploads list: more than a channel begins between two looks. */
const UPLOADS_LOOKED_AT = 10;
const VIDEOS_MAX = 50;
/** A video that is no longer told of after so many looks was taken away. */
const MISSED_LOOKS_MAX = 3;
const LIST_UNITS = 1;

const Uploads = z.object({
  items: z.array(z.object({ contentDetails: z.object({ videoId: z.string() }) })),
});
const Found = z.object({ items: z.array(z.object({ id: z.object({ videoId: z.string() }) })) });
const Videos = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      snippet: z.object({ title: orElse(z.string(), '') }).optional(),
      liveStreamingDetails: z
        .object({ actualStartTime: z.string().optional(), actualEndTime: z.string().optional() })
        .optional(),
    }),
  ),
});

export interface YoutubeOptions {
  readonly watched: Watched;
  /** `UC…`. */
  readonly channel: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
  readonly http: PoliteHttp;
  /** 10,000 units a day, shared by all channels. */
  readonly quota: Quota;
  /** 100 calls a day, for `search.list`. */
  readonly searches: Quota;
  readonly everyMs: number;
  readonly nowMs: () => number;
}

export function createYoutubeSource(options: YoutubeOptions): WatchSource {
  return new YoutubeSource(options);
}

/** Midnight in California, when YouTube's day of quota ends. */
export function untilPacificMidnight(atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(atMs);
  function part(type: string): number {
    return Number(parts.find((one) => one.type === type)?.value ?? 0);
  }
  const sinceMs = ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1_000 + (atMs % 1_000);
  return atMs + 86_400_000 - sinceMs;
}

type Listed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

class YoutubeSource implements WatchSource {
  readonly watched: Watched;
  readonly lastsMs = null;
  readonly #options: YoutubeOptions;
  readonly #missed = new Map<string, number>();
  #isFilledIn = false;

  constructor(options: YoutubeOptions) {
    this.#options = options;
    this.watched = options.watched;
  }

  /** Slower as the day's units run low, so that they last until it ends. */
  get everyMs(): number {
    const { quota, everyMs, nowMs } = this.#options;
    const { left, endsAtMs } = quota.status();
    const looks = left / (2 * LIST_UNITS);
    const paced = (endsAtMs - nowMs()) / Math.max(1, looks);
    return Math.max(everyMs, Math.min(paced, 3_600_000));
  }

  async look(open: readonly string[], signal: AbortSignal): Promise<Look> {
    const { channel } = this.#options;
    const uploads = await this.#list(
      'playlistItems',
      {
        part: 'contentDetails',
        playlistId: channel.replace(/^UC/, 'UU'),
        maxResults: String(UPLOADS_LOOKED_AT),
      },
      Uploads,
      signal,
    );
    if (!uploads.ok) return { kind: 'failed', why: uploads.why };
    const newest = uploads.value.items.map(({ contentDetails }) => contentDetails.videoId);
    const ids = [...new Set([...open, ...(await this.#before(signal)), ...newest])].slice(0, VIDEOS_MAX);
    if (ids.length === 0) return { kind: 'seen', sightings: [], gone: [] };
    const videos = await this.#list(
      'videos',
      { part: 'snippet,liveStreamingDetails', id: ids.join(','), maxResults: String(VIDEOS_MAX) },
      Videos,
      signal,
    );
    if (!videos.ok) return { kind: 'failed', why: videos.why };
    const told = new Set(videos.value.items.map(({ id }) => id));
    return {
      kind: 'seen',
      sightings: videos.value.items.flatMap(sightingOf),
      gone: this.#goneOf(open, told),
    };
  }

  /** Live already when we began to look; asked once. */
  async #before(signal: AbortSignal): Promise<readonly string[]> {
    const { channel, searches } = this.#options;
    if (this.#isFilledIn || searches.left() < 1) return [];
    const found = await this.#list(
      'search',
      { part: 'snippet', channelId: channel, eventType: 'live', type: 'video', maxResults: '5' },
      Found,
      signal,
      searches,
    );
    if (!found.ok) return [];
    this.#isFilledIn = true;
    return found.value.items.map(({ id }) => id.videoId);
  }

  #goneOf(open: readonly string[], told: ReadonlySet<string>): string[] {
    for (const id of open) this.#missed.set(id, told.has(id) ? 0 : (this.#missed.get(id) ?? 0) + 1);
    const gone = open.filter((id) => (this.#missed.get(id) ?? 0) >= MISSED_LOOKS_MAX);
    for (const id of gone) this.#missed.delete(id);
    return gone;
  }

  async #list<T extends z.ZodType>(
    what: string,
    query: Readonly<Record<string, string>>,
    schema: T,
    signal: AbortSignal,
    quota: Quota = this.#options.quota,
  ): Promise<Listed<z.output<T>>> {
    const { http, url, key } = this.#options;
    if (!(await quota.take(LIST_UNITS)))
      return { ok: false, why: 'The day’s units of YouTube’s API are used up.' };
    const words = new URLSearchParams({ ...query, key });
    const answer = await http.getJson(`${url}/youtube/v3/${what}?${words.toString()}`, { signal });
    if (answer.failure !== null)
      return { ok: false, why: `YouTube’s API does not answer: ${answer.failure}.` };
    if (isUsedUp(answer.status, answer.body)) {
      await quota.believe({ remaining: 0 });
      return { ok: false, why: 'YouTube says that the day’s units are used up.' };
    }
    const parsed = schema.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) return { ok: true, value: parsed.data };
    // The address holds the key: it is not shown.
    return {
      ok: false,
      why: `YouTube’s API answered ${what} with status ${answer.status}${answer.status === 200 ? ', in another shape' : ''}.`,
    };
  }
}

const Refusal = z.object({ error: z.object({ errors: list(z.object({ reason: z.string() })) }) });

function isUsedUp(status: number, body: unknown): boolean {
  const reasons = Refusal.safeParse(body).data?.error.errors.map(({ reason }) => reason) ?? [];
  return status === 429 || (status === 403 && reasons.some((reason) => /quota|rateLimit/i.test(reason)));
}

/** Only what has begun is told: what is announced may never come. */
function sightingOf({
  id,
  snippet,
  liveStreamingDetails,
}: z.output<typeof Videos>['items'][number]): LiveSighting[] {
  const startMs = Date.parse(liveStreamingDetails?.actualStartTime ?? '');
  if (Number.isNaN(startMs)) return [];
  const endMs = Date.parse(liveStreamingDetails?.actualEndTime ?? '');
  const url = `https://www.youtube.com/watch?v=${encodeURIComponent(id)}`;
  return [{ key: id, title: snippet?.title ?? '', startMs, endMs: Number.isNaN(endMs) ? null : endMs, url }];
}
