/** RSS 2.0 and Atom: each new item is a livestream that begins when it is published. Its end is never told. */
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import type { PoliteHttp } from '../polite/http.ts';
import type { LiveSighting, Watched } from './live.ts';
import type { Look, WatchSource } from './source.ts';

const FEED_BYTES_MAX = 2 * 1_048_576;
const ITEMS_MAX = 200;

/** Text of an element, with or without attributes. */
const Words = z.union([
  z.string(),
  z.number().transform(String),
  z.object({ '#text': z.string() }).transform((node) => node['#text']),
]);
const Link = z.union([Words, z.object({ '@href': z.string() }).transform((node) => node['@href'])]);

const Entry = z.object({
  id: Words.optional(),
  guid: Words.optional(),
  title: Words.optional(),
  link: z.union([Link, z.array(Link).transform((links) => links[0] ?? '')]).optional(),
  pubDate: Words.optional(),
  published: Words.optional(),
  updated: Words.optional(),
});

function many<T extends z.ZodType>(schema: T) {
  return z
    .union([z.array(schema), schema.transform((one) => [one])])
    .optional()
    .transform((items) => items ?? []);
}

const Document = z.object({
  rss: z.object({ channel: z.object({ item: many(Entry) }) }).optional(),
  feed: z.object({ entry: many(Entry) }).optional(),
});

export interface FeedOptions {
  readonly watched: Watched;
  readonly url: string;
  readonly http: PoliteHttp;
  readonly everyMs: number;
  /** How long a stream is taken to last. */
  readonly lastsMs: number;
  readonly nowMs: () => number;
}

export function createFeedSource({ watched, url, http, everyMs, lastsMs, nowMs }: FeedOptions): WatchSource {
  return {
    watched,
    everyMs,
    lastsMs,
    async look(_open, signal): Promise<Look> {
      const answer = await http.getText(url, { signal, bodyBytesMax: FEED_BYTES_MAX });
      if (answer.failure !== null)
        return { kind: 'failed', why: `The feed does not answer: ${answer.failure}.` };
      if (answer.status !== 200)
        return { kind: 'failed', why: `The feed answers with status ${answer.status}.` };
      const items = readFeed(answer.text);
      if (items === null) return { kind: 'failed', why: 'The feed is neither RSS nor Atom.' };
      // What is older was over before we looked, or is no stream that anybody could still follow.
      const sightings = items.filter(({ startMs }) => startMs <= nowMs() && nowMs() - startMs < lastsMs);
      return { kind: 'seen', sightings, gone: [] };
    },
  };
}

/** Items with a name and a time; null where the text is no feed. */
export function readFeed(text: string): LiveSighting[] | null {
  // A feed has no use for entities of its own, which could grow without bound.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return null;
  const document = Document.safeParse(parseXml(text)).data;
  const entries = document?.rss?.channel.item ?? document?.feed?.entry;
  return entries?.slice(0, ITEMS_MAX).flatMap(sightingOf) ?? null;
}

function parseXml(text: string): unknown {
  try {
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false });
    const parsed: unknown = parser.parse(text);
    return parsed;
  } catch {
    return null;
  }
}

function sightingOf(entry: z.output<typeof Entry>): LiveSighting[] {
  const { title = '', link = '' } = entry;
  const key = entry.guid ?? entry.id ?? link;
  const startMs = publishedAt(entry);
  if (key === '' || Number.isNaN(startMs)) return [];
  return [{ key, title, startMs, endMs: null, url: /^https?:/.test(link) ? link : null }];
}

/** NaN where it does not say. */
function publishedAt({ published, pubDate, updated }: z.output<typeof Entry>): number {
  return Date.parse(published ?? pubDate ?? updated ?? '');
}
