/** The feed as Atom (RFC 4287). */
import { Feed } from 'feed';
import { incidentAddress } from '../charts/address.ts';
import type { WebContext } from '../context.ts';
import { localPath } from '../languages.ts';
import { networkName } from '../overview/network.ts';
import { incidentSentence, longTime } from '../overview/sentences.ts';
import type { FeedEntry } from './entries.ts';

function sentence(context: WebContext, { incident, atMs }: FeedEntry): string {
  return incidentSentence(context, incident, Math.max(atMs, incident.startMs));
}

function titleOf(context: WebContext, entry: FeedEntry): string {
  const { feed } = context.messages;
  const what = sentence(context, entry);
  const { change } = entry;
  if (change.kind !== 'joined') return feed[change.kind](what);
  return feed.joined(networkName(change.member, context.names, context.messages), what);
}

function contentOf(context: WebContext, { incident }: FeedEntry): string {
  const { feed, incidents } = context.messages;
  const zone = context.names.timeZone(incident.places[0]);
  return [
    feed.since(longTime(context, incident.startMs, zone)),
    `${incidents.vantageCount(incident.vantageIds.length)}.`,
    ...incident.reasons.slice(0, 3),
  ].join(' ');
}

export interface FeedPlace {
  /** Scheme and host: a feed is read far from its page, so its links are absolute. */
  readonly origin: string;
  /** Path and query that it was asked for with. */
  readonly address: string;
  /** Dates a feed without entries, UTC epoch ms. */
  readonly startedAtMs: number;
}

/** Newest entries first. */
export function atomOf(
  context: WebContext,
  entries: readonly FeedEntry[],
  { origin, address, startedAtMs }: FeedPlace,
): string {
  const { feed: say, site, language } = context.messages;
  const newestMs = entries.reduce((newest, { atMs }) => Math.max(newest, atMs), -Infinity);
  const feed = new Feed({
    id: `${origin}${address}`,
    title: say.title,
    description: say.subtitle,
    updated: new Date(entries.length === 0 ? startedAtMs : newestMs),
    generator: site.name,
    language,
    link: `${origin}${localPath(language, '/incidents')}`,
    feedLinks: { atom: `${origin}${address}` },
    author: { name: site.name },
    copyright: 'CC BY 4.0',
  });
  for (const entry of entries)
    feed.addItem({
      id: entry.id,
      title: titleOf(context, entry),
      link: `${origin}${incidentAddress(entry.incident.id, language)}`,
      date: new Date(entry.atMs),
      published: new Date(entry.atMs),
      description: contentOf(context, entry),
      category: entry.incident.platforms.map((name) => ({ name })),
    });
  return feed.atom1();
}
