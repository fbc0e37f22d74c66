/**
 * CalendarFact: an event as people write it. Times keep the precision they are known with: `2018-03` stays a month, and is
 * turned into instants only where something must be compared or stored.
 */
import { z } from 'zod';
import { countParts } from '../analysis/correlate/claims.ts';
import { CONFIDENCES, EVENT_KINDS, EVENT_PRECISIONS, EventClaim, EventTitles } from './event.ts';
import type { AiqynEvent } from './event.ts';
import { utcMsOf } from './local-time.ts';
import type { PlaceBook } from './places.ts';

const TIME =
  /^(?<year>\d{4})-(?<month>\d{2})(?:-(?<day>\d{2})(?:T\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))?)?$/;
const TIME_TEXT = 'a month (2018-03), a day (2018-03-13) or an instant with its zone (2018-03-13T18:00:00Z)';
const LIST_MAX = 100;
/** Combinations of platform, operator and place; each is examined by itself. */
const CLAIM_PARTS_MAX = 500;

type Grain = 'month' | 'day' | 'instant';

function grainOf(text: string): Grain {
  return text.length === 7 ? 'month' : text.length === 10 ? 'day' : 'instant';
}

/** What a time as people write it is known to, where they say nothing else. */
export function precisionAsWritten(text: string): (typeof EVENT_PRECISIONS)[number] {
  const grain = grainOf(text);
  return grain === 'instant' ? 'minute' : grain;
}

/** 31 February has the right shape; it is no day. */
function isTime(text: string): boolean {
  const match = TIME.exec(text);
  if (match?.groups === undefined) return false;
  const { year, month, day = '01' } = match.groups;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
    return false;
  return grainOf(text) !== 'instant' || !Number.isNaN(Date.parse(text));
}

const FactTime = z.string().refine(isTime, TIME_TEXT);
const Words = z.array(z.string().min(1).max(200)).max(LIST_MAX).default([]);

/** What must stand in `start` for each precision: a fact never says more than is known, nor less than it claims. */
const GRAINS: Readonly<Record<(typeof EVENT_PRECISIONS)[number], readonly Grain[]>> = {
  minute: ['instant'],
  hour: ['instant'],
  day: ['day', 'instant'],
  month: ['month'],
};

const FactShape = z.strictObject({
  id: z
    .string()
    .regex(/^[\p{L}\d]+(?:[-_.@][\p{L}\d]+)*$/u, 'letters and digits with single hyphens')
    .max(150),
  kind: z.enum(EVENT_KINDS),
  start: FactTime,
  /** The last month, day or instant that belongs to it; null where its end is not known. Absent: the same as `start`. */
  end: FactTime.nullable().optional(),
  precision: z.enum(EVENT_PRECISIONS),
  /** The day or hour is itself an estimate. */
  approximate: z.boolean().default(false),
  titles: EventTitles.refine((titles) => Object.values(titles).some((title) => title !== ''), 'a title'),
  /** Ids of the catalogue where it has them. */
  places: Words,
  actors: Words,
  /** Platforms, or wider words: internet, mobile, https, web, social networks, messengers. */
  platforms: Words,
  sources: z.array(z.string().min(1).max(1_000)).max(LIST_MAX).default([]),
  confidence: z.enum(CONFIDENCES).default('medium'),
  claim: EventClaim.nullable().default(null),
  /** Id of the fact that this one is a part of. */
  partOf: z.string().min(1).optional(),
  notes: z.string().max(4_000).optional(),
});

/** First and last instant of a time as written; an instant has no length. */
function spanOf(text: string, timeZone: string): { readonly fromMs: number; readonly toMs: number } {
  const grain = grainOf(text);
  if (grain === 'instant') return { fromMs: Date.parse(text), toMs: Date.parse(text) };
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = grain === 'day' ? Number(text.slice(8, 10)) : 1;
  const next = grain === 'day' ? { year, month, day: day + 1 } : { year, month: month + 1, day: 1 };
  return { fromMs: utcMsOf({ year, month, day }, timeZone), toMs: utcMsOf(next, timeZone) };
}

function instantsOf(fact: Pick<z.output<typeof FactShape>, 'start' | 'end'>, timeZone: string) {
  const first = spanOf(fact.start, timeZone);
  const last = typeof fact.end === 'string' ? spanOf(fact.end, timeZone) : first;
  return { startMs: first.fromMs, endMs: last.toMs };
}

/** A statement's own place is where it was made; what it speaks of stands in its claim. */
export function claimPlaces({
  kind,
  places,
  claim,
}: Pick<AiqynEvent, 'kind' | 'places' | 'claim'>): string[] {
  return claim?.places ?? (kind === 'statement' ? [] : places);
}

function isTooWide(fact: z.output<typeof FactShape>): boolean {
  const { claim, platforms } = fact;
  const parts = { platforms, operators: claim?.operators ?? [], places: claimPlaces(fact) };
  return claim !== null && countParts(parts) > CLAIM_PARTS_MAX;
}

export const CalendarFact = FactShape.superRefine((fact, context) => {
  if (isTooWide(fact))
    context.addIssue({
      code: 'custom',
      path: ['claim'],
      message: `a statement on at most ${CLAIM_PARTS_MAX} combinations of platform, operator and place`,
    });
  if (!isTime(fact.start) || (typeof fact.end === 'string' && !isTime(fact.end))) return;
  if (!GRAINS[fact.precision].includes(grainOf(fact.start)))
    context.addIssue({
      code: 'custom',
      path: ['start'],
      message: `a time that is known to the ${fact.precision}`,
    });
  const { startMs, endMs } = instantsOf(fact, 'UTC');
  if (endMs < startMs) context.addIssue({ code: 'custom', path: ['end'], message: 'an end after the start' });
});
export type CalendarFact = z.infer<typeof CalendarFact>;

function claimOf(claim: EventClaim | null, book: PlaceBook): EventClaim | null {
  if (claim?.places === undefined) return claim;
  return { ...claim, places: [...new Set(claim.places.map(book.idOf))] };
}

/** The fact as the store keeps it. Days and months are those of its first place's calendar. */
export function eventOf(
  fact: CalendarFact,
  book: PlaceBook,
  origin: NonNullable<AiqynEvent['origin']>,
): AiqynEvent {
  const { id, kind, precision, titles, actors, platforms, sources, confidence, claim, approximate } = fact;
  const places = [...new Set(fact.places.map(book.idOf))];
  return {
    id,
    kind,
    title: titles.en ?? titles.ru ?? titles.kk ?? '',
    ...instantsOf(fact, book.timeZone(places)),
    precision,
    places,
    platforms,
    actors,
    sources,
    titles,
    confidence,
    claim: claimOf(claim, book),
    approximate,
    endKnown: fact.end !== null,
    origin,
    ...(fact.partOf === undefined ? {} : { partOf: fact.partOf }),
    ...(fact.notes === undefined ? {} : { notes: fact.notes }),
  };
}
