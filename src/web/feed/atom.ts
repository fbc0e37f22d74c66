/** The feed as Atom (RFC 4287). */
import { Feed } from 'feed';
import type { Item } from 'feed';
import type { SignedDay } from '../../transparency/log.ts';
import { incidentAddress } from '../charts/address.ts';
import type { WebContext } from '../context.ts';
import { localPath } from '../languages.ts';
import { networkName } from '../overview/network.ts';
import { incidentSentence, longTime } from '../overview/sentences.ts';
import { uuidOf } from './entries.ts';
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

function incidentItem(context: WebContext, entry: FeedEntry, origin: string): Item {
  return {
    id: entry.id,
    title: titleOf(context, entry),
    link: `${origin}${incidentAddress(entry.incident.id, context.messages.language)}`,
    date: new Date(entry.atMs),
    published: new Date(entry.atMs),
    description: contentOf(context, entry),
    category: entry.incident.platforms.map((name) => ({ name })),
  };
}

/** A closed day of the transparency log: who follows the feed has the roots, and need not trust the page. */
function dayItem({ messages }: WebContext, day: SignedDay, origin: string): Item {
  const { transparency: say } = messages;
  return {
    id: uuidOf('transparency', day.day, day.root),
    title: say.feedTitle(day.day),
    link: `${origin}${localPath(messages.language, '/transparency')}`,
    date: new Date(day.closedAt),
    published: new Date(day.closedAt),
    description: say.feedText(day),
    category: [{ name: 'transparency' }],
  };
}

export interface FeedContent {
  readonly entries: readonly FeedEntry[];
  readonly days: readonly SignedDay[];
}

/** Newest entries first. */
export function atomOf(
  context: WebContext,
  { entries, days }: FeedContent,
  { origin, address, startedAtMs }: FeedPlace,
): string {
  const { feed: say, site, language } = context.messages;
  const items = [
    ...entries.map((entry) => incidentItem(context, entry, origin)),
    ...days.map((day) => dayItem(context, day, origin)),
  ].toSorted((one, other) => other.date.getTime() - one.date.getTime());
  const feed = new Feed({
    id: `${origin}${address}`,
    title: say.title,
    description: say.subtitle,
    updated: items[0]?.date ?? new Date(startedAtMs),
    generator: site.name,
    language,
    link: `${origin}${localPath(language, '/incidents')}`,
    feedLinks: { atom: `${origin}${address}` },
    author: { name: site.name },
    copyright: 'CC BY 4.0',
  });
  for (const item of items) feed.addItem(item);
  return feed.atom1();
}
