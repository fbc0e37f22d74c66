/** A calendar in iCalendar's format: its events with an hour are livestreams, from their start to their end. */
import type { PoliteHttp } from '../polite/http.ts';
import { readIcs } from '../events/ics/read.ts';
import { COUNTRY_TIME_ZONE } from '../events/places.ts';
import type { LiveSighting, Watched } from './live.ts';
import type { Look, WatchSource } from './source.ts';

const CALENDAR_BYTES_MAX = 4 * 1_048_576;
/** What ended longer ago is the past's: `aiqyn import ics` takes it in. */
const ENDED_MS_MAX = 3_600_000;

export interface IcsOptions {
  readonly watched: Watched;
  readonly url: string;
  readonly http: PoliteHttp;
  readonly everyMs: number;
  readonly nowMs: () => number;
}

export function createIcsSource({ watched, url, http, everyMs, nowMs }: IcsOptions): WatchSource {
  return {
    watched,
    everyMs,
    lastsMs: null,
    async look(_open, signal): Promise<Look> {
      const answer = await http.getText(url, { signal, bodyBytesMax: CALENDAR_BYTES_MAX });
      if (answer.failure !== null)
        return { kind: 'failed', why: `The calendar does not answer: ${answer.failure}.` };
      if (answer.status !== 200)
        return { kind: 'failed', why: `The calendar answers with status ${answer.status}.` };
      const read = readIcs(answer.text, COUNTRY_TIME_ZONE);
      if (read === null) return { kind: 'failed', why: 'The calendar is no iCalendar file.' };
      const now = nowMs();
      const sightings = read.events
        .filter(({ isAllDay }) => !isAllDay)
        .map((event): LiveSighting => {
          const key = event.occurrence === null ? event.uid : `${event.uid} ${event.occurrence}`;
          const [startMs, endMs] = [Date.parse(event.start), Date.parse(event.end)];
          return { key, title: event.summary, startMs, endMs, url: event.url === '' ? null : event.url };
        })
        // What is announced may never come: it is taken in when its hour has struck.
        .filter(({ startMs, endMs }) => startMs <= now && endMs !== null && now - endMs < ENDED_MS_MAX);
      return { kind: 'seen', sightings, gone: [] };
    },
  };
}
