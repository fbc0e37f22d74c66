/**
 * What a published event said before it was changed, kept for ever and shown: by whatever way it was changed, the calendar's
 * keeper sees it (keeper.ts).
 */
import { z } from 'zod';
import { canonicalJson } from '../fleet/canonical.ts';
import { AiqynEvent } from './event.ts';

export const CORRECTIONS_FILE = 'corrections.jsonl';

export const Correction = z.strictObject({
  /** ISO 8601 in UTC. */
  at: z.string(),
  before: AiqynEvent,
  /** Null: it was taken out. */
  after: AiqynEvent.nullable(),
});
export type Correction = z.output<typeof Correction>;

/** What readers see of an event. What a newer Aiqyn keeps beside it is no correction. */
const SHOWN = [
  'kind',
  'title',
  'startMs',
  'endMs',
  'precision',
  'places',
  'platforms',
  'actors',
  'sources',
  'notes',
  'claim',
  'approximate',
] as const;
export type ShownField = (typeof SHOWN)[number];

/** Fields that say something else than before, in a fixed order. */
export function changedFields(before: AiqynEvent, after: AiqynEvent): ShownField[] {
  return SHOWN.filter(
    (field) => canonicalJson(before[field] ?? null) !== canonicalJson(after[field] ?? null),
  );
}

/** Null where nothing changed that anybody sees. */
export function correctionOf(before: AiqynEvent, after: AiqynEvent | null, atMs: number): Correction | null {
  if (after !== null && changedFields(before, after).length === 0) return null;
  return { at: new Date(atMs).toISOString(), before, after };
}
