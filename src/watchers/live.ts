/**
 * A livestream as an event of the calendar: begun when somebody saw it begin, ended when somebody saw it end. Its id comes from what
 * names the stream where it was seen, so that a restart, or a second look, never makes a second event of it.
 */
import { createHash } from 'node:crypto';
import type { AiqynEvent } from '../events/event.ts';
import type { CalendarFact } from '../events/fact.ts';

/** Begins the ids of events that may be going on now. */
export const LIVE_PREFIX = 'live-';
/** What nobody has ended after so long is over: somebody forgot. */
export const LIVE_MS_MAX = 12 * 3_600_000;

const HASH_LENGTH = 16;
const TITLE_LENGTH_MAX = 300;

/** A stream as a watcher sees it. Instants are UTC epoch milliseconds. */
export interface LiveSighting {
  /** Names the stream at its source: a video's id, an item's guid. */
  readonly key: string;
  readonly title: string;
  readonly startMs: number;
  /** Null while it goes on, or while nobody knows. */
  readonly endMs: number | null;
  readonly url: string | null;
}

/** Who is watched, as the configuration has it. */
export interface Watched {
  /** Of the watcher, in the configuration. */
  readonly id: string;
  readonly actors: readonly string[];
  readonly platforms: readonly string[];
  readonly places: readonly string[];
}

export function liveId(watcher: string, key: string): string {
  const hash = createHash('sha256').update(`${watcher}\n${key}`).digest('hex').slice(0, HASH_LENGTH);
  return `${LIVE_PREFIX}${watcher}-${hash}`;
}

/** The instant without its milliseconds, as people write it. */
export function instantText(atMs: number): string {
  return new Date(Math.floor(atMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}

export function factOf(watched: Watched, sighting: LiveSighting): CalendarFact {
  const { key, title, startMs, endMs, url } = sighting;
  const text = title.trim().slice(0, TITLE_LENGTH_MAX);
  return {
    id: liveId(watched.id, key),
    kind: 'livestream',
    start: instantText(startMs),
    end: endMs === null ? null : instantText(Math.max(startMs, endMs)),
    precision: 'minute',
    approximate: false,
    titles: { en: text === '' ? 'Livestream' : text },
    places: [...watched.places],
    actors: [...watched.actors],
    platforms: [...watched.platforms],
    sources: url === null ? [] : [url.slice(0, 1_000)],
    confidence: 'high',
    claim: null,
  };
}

/** Ended at an instant that somebody saw. */
export function endedAt(fact: CalendarFact, endMs: number): CalendarFact {
  return { ...fact, end: instantText(Math.max(Date.parse(fact.start), endMs)) };
}

/** Ended because its time was up, or because nothing of it was seen any more: said to be an estimate. */
export function takenAsOver(fact: CalendarFact, endMs: number, why: string): CalendarFact {
  const notes = [fact.notes, why].filter((text) => text !== undefined).join(' ');
  return { ...endedAt(fact, endMs), approximate: true, notes };
}

/** Whether an event of the calendar is a livestream that goes on at this instant. */
export function isLive({ id, kind, start, end, precision }: CalendarFact, nowMs: number): boolean {
  if (kind !== 'livestream' || !id.startsWith(LIVE_PREFIX) || precision !== 'minute') return false;
  const startMs = Date.parse(start);
  if (startMs > nowMs) return false;
  if (end === null) return nowMs - startMs < LIVE_MS_MAX;
  // A calendar that is watched knows the end beforehand.
  return end !== undefined && Date.parse(end) > nowMs;
}

/** The same of an event as the store has it, whichever collector wrote it. */
export function isLiveEvent(
  { id, kind, startMs, endMs, endKnown, precision }: AiqynEvent,
  nowMs: number,
): boolean {
  if (kind !== 'livestream' || !id.startsWith(LIVE_PREFIX) || precision !== 'minute' || startMs > nowMs)
    return false;
  return endKnown === false ? nowMs - startMs < LIVE_MS_MAX : endMs > nowMs;
}
