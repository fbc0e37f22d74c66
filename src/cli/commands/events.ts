/**
 * `aiqyn events`: lists and changes the calendar. It works on `events.yaml` in the data directory and never on the store, which
 * a running monitor holds; the monitor reads the file again within half a minute of a change.
 */
import { isDeepStrictEqual } from 'node:util';
import { loadCatalog } from '../../config/catalog-files.ts';
import { ConfigError } from '../../errors.ts';
import type { CalendarEntry } from '../../events/calendar.ts';
import { CalendarFact, precisionAsWritten } from '../../events/fact.ts';
import { idFor } from '../../events/imports/from.ts';
import { createPlaceBook } from '../../events/places.ts';
import { changeUserCalendar, readCalendar } from '../../events/user-calendar.ts';
import { remarkUnknown } from '../unknown-words.ts';
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
  readonly precision?: string;
  readonly approximate?: boolean;
  readonly stance?: string;
  readonly who?: string;
  readonly said?: string;
  readonly aboutOperator?: readonly string[];
  readonly aboutPlace?: readonly string[];
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

/** A new instant is no surer than the one before it was; a precision that is given wins. */
function precisionOf(before: Partial<CalendarFact>, { start, precision }: FactOptions): string | undefined {
  if (precision !== undefined || start === undefined) return precision;
  const written = precisionAsWritten(start);
  return written === 'minute' && before.precision === 'hour' ? 'hour' : written;
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Undefined: as it was. */
function claimOf(before: Partial<CalendarFact>, options: FactOptions): object | undefined {
  const { stance, who, said, aboutOperator, aboutPlace } = options;
  const told = given({ stance, who, summary: said, operators: aboutOperator, places: aboutPlace });
  if (Object.keys(told).length === 0) return undefined;
  const claim = { ...before.claim, ...told };
  if (!('stance' in claim))
    throw new ConfigError('--stance', 'say what it does: confirms, denies, threatens, …');
  if (!('who' in claim)) throw new ConfigError('--who', 'say who said it');
  return claim;
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
      precision: precisionOf(before, options),
      approximate: options.approximate,
      end: end === '?' ? null : end,
      places: options.place?.map(book.idOf),
      actors: actor,
      platforms: platform,
      sources: source,
      confidence,
      notes,
      claim: claimOf(before, options),
    }),
    titles: { ...before.titles, ...given({ en: title, ru: titleRu, kk: titleKk }) },
  };
}

/** The start as it is known: a month and a day are written as such, an hour and an estimate say that they are. */
function listed({ fact, origin }: CalendarEntry): string {
  const { id, kind, start, titles, precision, approximate } = fact;
  const remarks = [
    approximate ? 'about' : '',
    precision === 'hour' ? 'to the hour' : '',
    fact.end === null ? 'end not known' : '',
    origin === 'user' ? 'yours' : '',
  ].filter((remark) => remark !== '');
  const shown = remarks.length === 0 ? '' : ` (${remarks.join(', ')})`;
  return `${start.padEnd(20)}  ${kind.padEnd(10)}  ${id}${shown}\n  ${titles.en ?? titles.ru ?? titles.kk ?? ''}`;
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
  for (const entry of wanted) writeLine(io.stdout, listed(entry));
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
  if (options.start === undefined)
    throw new ConfigError('--start', 'say when it began: a month, a day or an instant');
  const id = options.id ?? idFor(options.start, title);
  if (entries.some(({ fact }) => fact.id === id))
    throw new ConfigError(
      '--id',
      `there is an event "${id}" already; change it with: aiqyn events edit ${id}`,
    );
  const fact = requireFact(changed({ id }, options));
  await changeUserCalendar(options.dataDir, { put: [fact] });
  remarkUnknown([fact], io);
  writeLine(io.stdout, id);
  return EXIT.done;
}

export async function editEventCommand(
  id: string,
  options: FactOptions & { readonly dataDir: string },
  io: Io,
): Promise<number> {
  const { entries } = await readCalendar(options.dataDir);
  const entry = entries.find(({ fact }) => fact.id === id);
  if (entry === undefined)
    throw new ConfigError('id', `there is no event "${id}"; all are listed by: aiqyn events list`);
  const fact = requireFact(changed(entry.fact, options));
  if (isDeepStrictEqual(fact, entry.fact))
    throw new ConfigError(
      'options',
      `nothing to change in "${id}"; give what is to be another, such as --title`,
    );
  await changeUserCalendar(options.dataDir, { put: [fact] });
  remarkUnknown([fact], io);
  writeLine(io.stdout, id);
  return EXIT.done;
}

export async function removeEventCommand(id: string, dataDir: string, io: Io): Promise<number> {
  await changeUserCalendar(dataDir, { remove: id });
  writeLine(io.stdout, id);
  return EXIT.done;
}
