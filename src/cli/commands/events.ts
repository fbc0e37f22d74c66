/**
 * `aiqyn events`: lists and changes the calendar. It works on `events.yaml` in the data directory and never on the store, which
 * a running monitor holds; the monitor reads the file again within half a minute of a change.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCatalog } from '../../config/catalog-files.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import {
  loadShippedCalendar,
  mergeCalendars,
  parseUserCalendar,
  readText,
  USER_CALENDAR_FILE,
} from '../../events/calendar.ts';
import type { CalendarEntry } from '../../events/calendar.ts';
import { CalendarFact } from '../../events/fact.ts';
import { slugOf } from '../../events/imports/from.ts';
import { createPlaceBook } from '../../events/places.ts';
import { putFacts, takeOut } from '../../events/user-file.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';

/** As typed; absent is “as it is”. */
export interface FactOptions {
  readonly id?: string;
  readonly kind?: string;
  readonly start?: string;
  /** `?`: not known. */
  readonly end?: string;
  readonly title?: string;
  readonly titleRu?: string;
  readonly titleKk?: string;
  readonly place?: readonly string[];
  readonly actor?: readonly string[];
  readonly platform?: readonly string[];
  readonly source?: readonly string[];
  readonly confidence?: string;
  readonly notes?: string;
}

interface Calendar {
  readonly file: string;
  readonly text: string;
  readonly entries: readonly CalendarEntry[];
  readonly shippedIds: ReadonlySet<string>;
}

async function readCalendar(dataDir: string): Promise<Calendar> {
  const file = join(dataDir, USER_CALENDAR_FILE);
  const text = await readText(file);
  const shipped = loadShippedCalendar();
  const entries = mergeCalendars(shipped, parseUserCalendar(text, file));
  return { file, text, entries, shippedIds: new Set(shipped.map(({ id }) => id)) };
}

/** Written beside and renamed: a monitor that reads meanwhile finds the old file or the new one, whole. */
async function save(dataDir: string, file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dataDir, { recursive: true });
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new EnvironmentError('CALENDAR_WRITE', `${file} cannot be written; choose another --data-dir`, {
      cause,
    });
  }
}

/** Puts facts into the user's file, or takes one out. Throws ConfigError for an unknown id or a file that is wrong. */
export async function changeUserCalendar(
  dataDir: string,
  change: { readonly put: readonly CalendarFact[] } | { readonly remove: string },
): Promise<void> {
  const { file, text, shippedIds } = await readCalendar(dataDir);
  const changed =
    'put' in change
      ? putFacts(text, change.put, file)
      : takeOut(text, change.remove, shippedIds.has(change.remove), file);
  if (changed !== text) await save(dataDir, file, changed);
}

/** What is missing or wrong, under the name of its option. */
function requireFact(made: unknown): CalendarFact {
  const parsed = CalendarFact.safeParse(made);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const field = String(first?.path[0] ?? 'event');
  if (field === 'titles') throw new ConfigError('--title', 'give a title that is not empty');
  throw new ConfigError(`--${field}`, `expected ${first?.message ?? 'another value'}`);
}

/** What a time as written is known to. */
function precisionOf(start: string): string {
  return start.length === 7 ? 'month' : start.length === 10 ? 'day' : 'minute';
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The options over what was there before. */
function changed(before: Partial<CalendarFact>, options: FactOptions): Record<string, unknown> {
  const { kind, start, end, title, titleRu, titleKk, actor, platform, source, confidence, notes } = options;
  const book = createPlaceBook(loadCatalog().places);
  return {
    ...before,
    ...given({
      kind,
      start,
      precision: start === undefined ? undefined : precisionOf(start),
      end: end === '?' ? null : end,
      places: options.place?.map(book.idOf),
      actors: actor,
      platforms: platform,
      sources: source,
      confidence,
      notes,
    }),
    titles: { ...before.titles, ...given({ en: title, ru: titleRu, kk: titleKk }) },
  };
}

export async function listEventsCommand(
  options: { readonly dataDir: string; readonly kind?: string; readonly json: boolean },
  io: Io,
): Promise<number> {
  const { entries } = await readCalendar(options.dataDir);
  const wanted = entries.filter(({ fact }) => options.kind === undefined || fact.kind === options.kind);
  if (options.json) {
    const events = wanted.map(({ fact, origin }) => ({ ...fact, origin }));
    writeLine(io.stdout, JSON.stringify({ events }));
    return EXIT.done;
  }
  for (const { fact, origin } of wanted) {
    const { id, kind, start, titles } = fact;
    const own = origin === 'user' ? ' (yours)' : '';
    writeLine(
      io.stdout,
      `${start.padEnd(20)}  ${kind.padEnd(10)}  ${id}${own}\n  ${titles.en ?? titles.ru ?? titles.kk ?? ''}`,
    );
  }
  if (wanted.length === 0) writeLine(io.stdout, 'No events.');
  return EXIT.done;
}

export async function addEventCommand(
  options: FactOptions & { readonly dataDir: string },
  io: Io,
): Promise<number> {
  const { entries } = await readCalendar(options.dataDir);
  const title = options.title ?? options.titleRu ?? options.titleKk ?? '';
  if (title.trim() === '')
    throw new ConfigError('--title', 'give a title, in English, Russian (--title-ru) or Kazakh (--title-kk)');
  const id = options.id ?? `${(options.start ?? '').slice(0, 10)}-${slugOf(title)}`;
  if (entries.some(({ fact }) => fact.id === id))
    throw new ConfigError(
      '--id',
      `there is an event "${id}" already; change it with: aiqyn events edit ${id}`,
    );
  const fact = requireFact(changed({ id }, options));
  await changeUserCalendar(options.dataDir, { put: [fact] });
  writeLine(io.stdout, id);
  return EXIT.done;
}

export async function editEventCommand(
  id: string,
  options: FactOptions & { readonly dataDir: string },
  io: Io,
): Promise<number> {
  const { entries, file } = await readCalendar(options.dataDir);
  const entry = entries.find(({ fact }) => fact.id === id);
  if (entry === undefined) throw new ConfigError(file, `there is no event "${id}"`);
  const fact = requireFact(changed(entry.fact, options));
  await changeUserCalendar(options.dataDir, { put: [fact] });
  writeLine(io.stdout, id);
  return EXIT.done;
}

export async function removeEventCommand(id: string, dataDir: string, io: Io): Promise<number> {
  await changeUserCalendar(dataDir, { remove: id });
  writeLine(io.stdout, id);
  return EXIT.done;
}
