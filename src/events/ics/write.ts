/** Events as an iCalendar file (RFC 5545), for calendar programs. */
import type { AiqynEvent } from '../event.ts';
import { localDay } from '../local-time.ts';
import { escapeText, fold } from './lines.ts';

export interface IcsFeed {
  readonly name: string;
  readonly events: readonly AiqynEvent[];
  /** When the feed was made; every event carries it (DTSTAMP). */
  readonly nowMs: number;
  readonly zoneOf: (event: AiqynEvent) => string;
  readonly placeName: (id: string) => string;
  /** What is said of times that are not exact, e.g. “known to the month”; null where they are. */
  readonly remarkOf: (event: AiqynEvent) => string | null;
}

/** `20190509T070000Z`. */
function stamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function dateStamp(atMs: number, zone: string): string {
  return localDay(atMs, zone).replaceAll('-', '');
}

/** Days and months are all-day: no hour is made up. The end of an all-day event is the day after its last. */
function timesOf(event: AiqynEvent, zone: string): string[] {
  const { startMs, endMs, precision } = event;
  if (precision === 'minute' || precision === 'hour') {
    const end = endMs > startMs ? [`DTEND:${stamp(endMs)}`] : [];
    return [`DTSTART:${stamp(startMs)}`, ...end];
  }
  const first = dateStamp(startMs, zone);
  const last = dateStamp(Math.max(startMs, endMs - 1), zone);
  const after =
    new Date(`${last.slice(0, 4)}-${last.slice(4, 6)}-${last.slice(6)}T00:00:00Z`).getTime() + 86_400_000;
  return [`DTSTART;VALUE=DATE:${first}`, `DTEND;VALUE=DATE:${dateStamp(after, 'UTC')}`];
}

function linesOf(event: AiqynEvent, feed: IcsFeed): string[] {
  const { id, kind, title, places, sources, notes } = event;
  const description = [feed.remarkOf(event), notes, ...sources].filter(
    (part) => part !== null && part !== undefined && part !== '',
  );
  const link = sources.find((source) => /^https?:\/\/\S+$/.test(source));
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(id)}@aiqyn`,
    `DTSTAMP:${stamp(feed.nowMs)}`,
    ...timesOf(event, feed.zoneOf(event)),
    `SUMMARY:${escapeText(title === '' ? id : title)}`,
    `CATEGORIES:${escapeText(kind)}`,
    ...(description.length === 0 ? [] : [`DESCRIPTION:${escapeText(description.join('\n'))}`]),
    ...(places.length === 0 ? [] : [`LOCATION:${escapeText(places.map(feed.placeName).join(', '))}`]),
    ...(link === undefined ? [] : [`URL:${link}`]),
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

export function writeIcs(feed: IcsFeed): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Aiqyn//Events//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escapeText(feed.name)}`,
    ...feed.events.flatMap((event) => linesOf(event, feed)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}
