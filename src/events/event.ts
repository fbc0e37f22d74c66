/** Something that happened in the world: a livestream, a rally, an election, a statement, an order, a power cut. */
import { z } from 'zod';

/** Stored for years: add words, never rename one. */
export const EVENT_KINDS = [
  'livestream',
  'rally',
  'election',
  'statement',
  'order',
  'power_cut',
  'other',
  /** Reported by others; what Aiqyn itself saw is an incident. */
  'shutdown',
  'block',
  /** A law, a court ruling, an order that is on paper. */
  'legal',
  'detention',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** How well the times are known; a day is never shown as an hour. */
export const EVENT_PRECISIONS = ['minute', 'hour', 'day', 'month'] as const;
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export const STANCES = ['confirms', 'denies', 'threatens', 'silent', 'other'] as const;

const NAMED_MAX = 20;
const Named = z.array(z.string().min(1).max(200)).max(NAMED_MAX).optional();

/** What an authority or operator said about it. */
export const EventClaim = z.strictObject({
  stance: z.enum(STANCES),
  who: z.string().min(1).max(300),
  summary: z.string().max(1_000).default(''),
  /** Operators that the statement speaks of, where it names them: an id or name of the catalogue, or an AS number. */
  operators: Named,
  /** Places that it speaks of, where it names them; not where it was made. */
  places: Named,
});
export type EventClaim = z.infer<typeof EventClaim>;

export const EventTitles = z.strictObject({
  en: z.string().max(300).optional(),
  ru: z.string().max(300).optional(),
  kk: z.string().max(300).optional(),
});

export const AiqynEvent = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(EVENT_KINDS),
  title: z.string().default(''),
  /** UTC epoch milliseconds. A day begins and ends at the place's own midnight. */
  startMs: z.int(),
  endMs: z.int(),
  precision: z.enum(EVENT_PRECISIONS).default('minute'),
  places: z.array(z.string()).default([]),
  platforms: z.array(z.string()).default([]),
  actors: z.array(z.string()).default([]),
  sources: z.array(z.string()).default([]),
  /** The same title in other languages. */
  titles: EventTitles.optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  notes: z.string().optional(),
  claim: EventClaim.nullable().optional(),
  /** True: the day or hour is itself an estimate. */
  approximate: z.boolean().optional(),
  /** False: when it ended is not known; `endMs` is then the earliest it can have been. */
  endKnown: z.boolean().optional(),
  /** The event that this one is a part of. */
  partOf: z.string().optional(),
  /** Where it came from: the calendar that ships, or the user's own file. Absent: neither, such as a demo's scenario. */
  origin: z.enum(['calendar', 'user']).optional(),
});
export type AiqynEvent = z.infer<typeof AiqynEvent>;
