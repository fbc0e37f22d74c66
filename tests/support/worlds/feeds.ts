/** A web server of documents that change: RSS, Atom, iCalendar, JSON. */
import { createServer } from 'node:http';
import { closed, portOf } from '../answering-server.ts';
import { answerInTrouble } from './trouble.ts';
import type { Trouble } from './trouble.ts';

export interface FeedsWorld {
  readonly url: string;
  /** By path. */
  readonly documents: Map<string, string>;
  trouble: Trouble;
  close(): Promise<void>;
}

export async function startFeeds(): Promise<FeedsWorld> {
  const server = createServer((incoming, outgoing) => {
    if (answerInTrouble(world.trouble, outgoing, {})) return;
    const text = world.documents.get(incoming.url ?? '');
    outgoing.writeHead(text === undefined ? 404 : 200).end(text);
  });
  const world: FeedsWorld = {
    url: `http://127.0.0.1:${await portOf(server)}`,
    documents: new Map(),
    trouble: 'none',
    close: async () => closed(server),
  };
  return world;
}

export interface FeedItem {
  readonly id: string;
  readonly title: string;
  readonly atMs: number;
}

export function rss(items: readonly FeedItem[]): string {
  const parts = items.map(
    ({ id, title, atMs }) =>
      `<item><guid isPermaLink="false">${id}</guid><title><![CDATA[${title}]]></title>` +
      `<link>https://example.org/${id}</link><pubDate>${new Date(atMs).toUTCString()}</pubDate></item>`,
  );
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>${parts.join('')}</channel></rss>`;
}

export function atom(items: readonly FeedItem[]): string {
  const parts = items.map(
    ({ id, title, atMs }) =>
      `<entry><id>${id}</id><title type="text">${title}</title><link rel="alternate" href="https://example.org/${id}"/>` +
      `<published>${new Date(atMs).toISOString()}</published></entry>`,
  );
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>${parts.join('')}</feed>`;
}

function icsTime(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

export function ics(
  events: readonly { readonly uid: string; readonly fromMs: number; readonly toMs: number }[],
): string {
  const parts = events.flatMap(({ uid, fromMs, toMs }) => [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SUMMARY:Stream ${uid}`,
    `DTSTAMP:${icsTime(fromMs)}`,
    `DTSTART:${icsTime(fromMs)}`,
    `DTEND:${icsTime(toMs)}`,
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//x//EN', ...parts, 'END:VCALENDAR', ''].join('\r\n');
}
