/** YouTube's Data API on loopback: the uploads of channels, their videos, searches for what is live, and its refusals. */
import { createServer } from 'node:http';
import { closed, portOf } from '../answering-server.ts';
import { answerInTrouble } from './trouble.ts';
import type { Trouble } from './trouble.ts';

export interface WorldVideo {
  readonly id: string;
  readonly channel: string;
  readonly title: string;
  /** Absent: an ordinary video. */
  readonly live?: {
    readonly actualStartTime?: string;
    readonly actualEndTime?: string;
    readonly scheduledStartTime?: string;
  };
}

export interface YoutubeWorld {
  readonly url: string;
  /** Newest first. */
  videos: WorldVideo[];
  trouble: Trouble;
  /** The project's units are used up: 403 with `quotaExceeded`. */
  isUsedUp: boolean;
  /** What was asked, with its query. */
  readonly asked: { readonly what: string; readonly query: URLSearchParams }[];
  close(): Promise<void>;
}

export async function startYoutube(): Promise<YoutubeWorld> {
  function itemsOf(what: string, query: URLSearchParams): object[] {
    const max = Number(query.get('maxResults') ?? 5);
    if (what === 'playlistItems') {
      const channel = (query.get('playlistId') ?? '').replace(/^UU/, 'UC');
      const uploads = world.videos.filter((video) => video.channel === channel);
      return uploads.slice(0, max).map(({ id }) => ({ contentDetails: { videoId: id } }));
    }
    if (what === 'search') {
      const channel = query.get('channelId');
      const live = world.videos.filter(
        (video) =>
          video.channel === channel &&
          video.live?.actualStartTime !== undefined &&
          video.live.actualEndTime === undefined,
      );
      return live.slice(0, max).map(({ id }) => ({ id: { kind: 'youtube#video', videoId: id } }));
    }
    const ids = (query.get('id') ?? '').split(',');
    return world.videos
      .filter(({ id }) => ids.includes(id))
      .map(({ id, title, live }) => ({
        kind: 'youtube#video',
        id,
        snippet: { title, liveBroadcastContent: 'none' },
        ...(live === undefined ? {} : { liveStreamingDetails: live }),
      }));
  }

  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '', 'http://localhost');
    const what = url.pathname.replace('/youtube/v3/', '');
    world.asked.push({ what, query: url.searchParams });
    if (answerInTrouble(world.trouble, outgoing, {})) return;
    const isKeyRight = url.searchParams.get('key') === 'a-key';
    const status = world.isUsedUp ? 403 : isKeyRight ? 200 : 400;
    const body =
      status === 200
        ? { kind: `youtube#${what}Response`, pageInfo: {}, items: itemsOf(what, url.searchParams) }
        : { error: { code: status, errors: [{ reason: world.isUsedUp ? 'quotaExceeded' : 'badRequest' }] } };
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const world: YoutubeWorld = {
    url: `http://127.0.0.1:${await portOf(server)}`,
    videos: [],
    trouble: 'none',
    isUsedUp: false,
    asked: [],
    close: async () => closed(server),
  };
  return world;
}
