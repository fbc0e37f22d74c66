/**
 * Keeps the store's events like the calendar's: at the start, and whenever the user's file changes. The file and not the
 * store is what people edit, because DuckDB lets only one process in: `aiqyn events add` works while the monitor runs.
 */
import type { Clock } from '../../probes/probe.ts';
import { ConfigError, EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { mergeCalendars, parseUserCalendar, readText } from './calendar.ts';
import { AiqynEvent } from './event.ts';
import { eventOf } from './fact.ts';
import type { CalendarFact } from './fact.ts';
import type { PlaceBook } from './places.ts';

export const CALENDAR_POLL_MS = 30_000;
const ALWAYS = { fromMs: -8.64e15, toMs: 8.64e15 };

export interface CalendarKeeperOptions {
  readonly store: Pick<Store, 'events' | 'saveEvents' | 'removeEvents'>;
  readonly shipped: readonly CalendarFact[];
  /** The user's `events.yaml`; need not exist. */
  readonly file: string;
  readonly book: PlaceBook;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CalendarKeeper {
  /** The file has changed: it is looked at without waiting. */
  poke(): void;
  stop(): Promise<void>;
}

/** Parsing brings both into the schema's order, so that equal events have equal text. */
function isAlike(stored: AiqynEvent | undefined, wanted: AiqynEvent): boolean {
  return stored !== undefined && textOf(stored) === textOf(wanted);
}
function textOf(event: AiqynEvent): string {
  return JSON.stringify(AiqynEvent.parse(event));
}

/** Writes what differs, takes out what the calendar no longer has; events of another origin are left alone. */
async function bringIn(text: string, options: CalendarKeeperOptions): Promise<void> {
  const { store, shipped, file, book, log } = options;
  const wanted = mergeCalendars(shipped, parseUserCalendar(text, file)).map(({ fact, origin }) =>
    eventOf(fact, book, origin),
  );
  const ids = new Set(wanted.map(({ id }) => id));
  const stored = new Map((await store.events(ALWAYS)).map((event) => [event.id, event]));
  const changed = wanted.filter((event) => !isAlike(stored.get(event.id), event));
  const gone = [...stored.values()].filter(({ id, origin }) => origin !== undefined && !ids.has(id));
  if (changed.length > 0) await store.saveEvents(changed);
  if (gone.length > 0) await store.removeEvents(gone.map(({ id }) => id));
  log.info(
    { events: wanted.length, changed: changed.length, removed: gone.length },
    'The calendar was read.',
  );
}

/**
 * Resolves once the store has the calendar. A file that is wrong is logged once per version of it and changes nothing;
 * the monitor goes on, because measuring must not depend on a calendar.
 */
export async function startCalendarKeeper(options: CalendarKeeperOptions): Promise<CalendarKeeper> {
  const { file, clock, log } = options;
  const stopping = new AbortController();
  let seen: string | null = null;
  let waiting = new AbortController();

  async function look(): Promise<void> {
    try {
      const text = await readText(file);
      if (text === seen) return;
      seen = text;
      await bringIn(text, options);
    } catch (error) {
      const isTheirs = error instanceof ConfigError || error instanceof EnvironmentError;
      // A store that failed to write is asked again at the next look; a wrong file only when it changes.
      if (!(error instanceof ConfigError)) seen = null;
      log.error(
        { file, error: error instanceof Error ? error.message : String(error) },
        isTheirs
          ? 'The calendar cannot be used as it stands; events stay as they are.'
          : 'The calendar could not be kept.',
      );
    }
  }
  async function watch(): Promise<void> {
    for (;;) {
      waiting = new AbortController();
      await clock.sleep(CALENDAR_POLL_MS, AbortSignal.any([stopping.signal, waiting.signal]));
      if (stopping.signal.aborted) return;
      await look();
    }
  }

  await look();
  const watching = watch();
  return {
    poke() {
      waiting.abort();
    },
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
