/** Something that happened in the world: a livestream, a rally, an election, a statement, an order, a power cut. */
import { z } from 'zod';

export const EVENT_KINDS = [
  'livestream',
  'rally',
  'election',
  'statement',
  'order',
  'power_cut',
  'other',
] as const;

export const AiqynEvent = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(EVENT_KINDS),
  title: z.string().default(''),
  /** UTC epoch milliseconds. */
  startMs: z.int(),
  endMs: z.int(),
  /** How well the times are known; a day is never shown as an hour. */
  precision: z.enum(['minute', 'hour', 'day', 'month']).default('minute'),
  places: z.array(z.string()).default([]),
  platforms: z.array(z.string()).default([]),
  actors: z.array(z.string()).default([]),
  sources: z.array(z.string()).default([]),
});
export type AiqynEvent = z.infer<typeof AiqynEvent>;
