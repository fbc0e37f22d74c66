/** iCalendar files as calendar facts. */
import type { EventKind } from '../event.ts';
import { readIcs } from '../ics/read.ts';
import type { IcsEvent } from '../ics/read.ts';
import type { PlaceBook } from '../places.ts';
import { COUNTRY_TIME_ZONE } from '../places.ts';
import { checked, kindOf, slugOf, withUniqueIds } from './from.ts';
import type { ImportAnswer } from './from.ts';
import type { CalendarFact } from '../fact.ts';

const NOTES_LENGTH_MAX = 2_000;

/** A UID keeps its event the same over imports; events that we gave out come back under their own id. */
function idOf(event: IcsEvent): string {
  const own = /^(.+)@aiqyn$/.exec(event.uid)?.[1];
  if (own !== undefined) return own;
  const slug = slugOf(event.uid === '' ? event.summary : event.uid);
  if (event.uid === '') return `${event.start.slice(0, 10)}-${slug}`;
  return event.occurrence === null ? `ics-${slug}` : `ics-${slug}-${event.occurrence}`;
}

function factOf(event: IcsEvent, kind: EventKind, book: PlaceBook): object {
  const place = event.location === '' ? '' : book.idOf(event.location.split(',')[0] ?? '');
  return {
    id: idOf(event),
    kind: kindOf(event.categories) ?? kind,
    start: event.start,
    end: event.end,
    precision: event.isAllDay ? 'day' : 'minute',
    titles: { en: event.summary === '' ? event.uid : event.summary.slice(0, 300) },
    places: place === '' ? [] : [place],
    sources: /^https?:\/\//.test(event.url) ? [event.url] : [],
    ...(event.description === '' ? {} : { notes: event.description.slice(0, NOTES_LENGTH_MAX) }),
  };
}

/** `kind` is for events whose categories name none of ours. Null: the text is no iCalendar. */
export function importIcs(text: string, kind: EventKind, book: PlaceBook): ImportAnswer | null {
  const read = readIcs(text, COUNTRY_TIME_ZONE);
  if (read === null) return null;
  const answer: { facts: CalendarFact[]; remarks: string[] } = { facts: [], remarks: [...read.remarks] };
  for (const event of read.events) checked(factOf(event, kind, book), `“${event.summary}”`, answer);
  return { facts: withUniqueIds(answer.facts), remarks: answer.remarks };
}
