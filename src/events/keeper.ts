/**
 * Keeps the store's events like the calendar's: at the start, and whenever the user's file changes. The file and not the
 * store is what people edit, because DuckDB lets only one process in: `aiqyn events add` works while the monitor runs.
 */
import type { Clock } from '../../probes/probe.ts';
import { ConfigError, EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { mergeCalendars, parseUserCalendar, readText } from './calendar.ts';
import { correctionOf } from './corrections.ts';
import type { Correction } from './corrections.ts';
import { AiqynEvent } from './event.ts';
import { eventOf } from './fact.ts';
import { hashOf } from './held.ts';
import type { HeldBook } from './held.ts';
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
  /** Where other collectors write to the same store: what this one brought in. Absent: the store is this process's alone. */
  readonly held?: HeldBook;
  /** Keeps what an event said before; absent: nothing is shown of it. Durable when it resolves. */
  readonly corrected?: (correction: Correction) => Promise<void>;
}

export interface CalendarKeeper {
  /** Reads the file now, where it is known to have changed. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Parsing brings both into the schema's order, so that equal events have equal text. */
function isAlike(stored: AiqynEvent | undefined, wanted: AiqynEvent): boolean {
  return stored !== undefined && textOf(stored) === textOf(wanted);
}
function textOf(event: AiqynEvent): string {
  return JSON.stringify(AiqynEvent.parse(event));
}

/** Before the store forgets it: a crash in between tells it twice rather than never. */
async function tellCorrections(
  { corrected, clock }: CalendarKeeperOptions,
  changes: readonly (readonly [AiqynEvent | undefined, AiqynEvent | null])[],
): Promise<void> {
  if (corrected === undefined) return;
  for (const [before, after] of changes) {
    const correction = before === undefined ? null : correctionOf(before, after, clock.nowMs());
    if (correction !== null) await corrected(correction);
  }
}

/** Writes what differs, takes out what the calendar no longer has; events of another origin are left alone. */
async function bringIn(text: string, options: CalendarKeeperOptions): Promise<void> {
  const { store, shipped, file, book, log, held } = options;
  const wanted = mergeCalendars(shipped, parseUserCalendar(text, file)).map(({ fact, origin }) =>
    eventOf(fact, book, origin),
  );
  const now = new Map(wanted.map((event) => [event.id, hashOf(textOf(event))]));
  const before = (await held?.read()) ?? null;
  const stored = new Map((await store.events(ALWAYS)).map((event) => [event.id, event]));
  // What is as it was here, and not in the store, another collector has changed since.
  const changed = wanted.filter(
    (event) =>
      !isAlike(stored.get(event.id), event) &&
      (!stored.has(event.id) || before?.get(event.id) !== now.get(event.id)),
  );
  const gone = [...stored.values()].filter(
    ({ id, origin }) => origin !== undefined && !now.has(id) && (before === null || before.has(id)),
  );
  await tellCorrections(options, [
    ...changed.map((after) => [stored.get(after.id), after] as const),
    ...gone.map((before) => [before, null] as const),
  ]);
  if (changed.length > 0) await store.saveEvents(changed);
  if (gone.length > 0) await store.removeEvents(gone.map(({ id }) => id));
  await held?.save(now);
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
  let looking: Promise<void> = Promise.resolve();

  /** One look after the other: two at once would tell a correction twice. */
  async function look(): Promise<void> {
    looking = looking.then(lookOnce);
    await looking;
  }
  async function lookOnce(): Promise<void> {
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
      await clock.sleep(CALENDAR_POLL_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      await look();
    }
  }

  await look();
  const watching = watch();
  return {
    look,
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
