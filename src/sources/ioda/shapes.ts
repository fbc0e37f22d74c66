/** IODA's API v2 as far as we read it: signals, outages and alerts. Unknown keys are passed over; rows are read one by one. */
import { z } from 'zod';

/** Every answer is wrapped so; `error` is set where the question was bad. */
function envelope<T extends z.ZodType>(data: T) {
  return z.object({ error: z.string().nullish(), data });
}

export const SignalsAnswer = envelope(z.array(z.array(z.unknown())));
export const RowsAnswer = envelope(z.array(z.unknown()));

export const SignalSeries = z.object({
  entityType: z.string(),
  entityCode: z.coerce.string(),
  entityName: z.string().nullish(),
  datasource: z.string(),
  subtype: z.string().nullish(),
  /** Epoch seconds. */
  from: z.number().int(),
  /** Seconds. */
  step: z.number().int().min(1).max(604_800),
  /** Null: no data, which is not zero. Some data sources put objects here: those are no numbers and are passed over. */
  values: z.array(z.unknown()).max(50_000),
});
export type SignalSeries = z.infer<typeof SignalSeries>;

export const OutageEvent = z.object({
  /** `country/KZ`, `asn/9198`, `region/1906`. */
  location: z.string(),
  location_name: z.string().nullish(),
  /** Epoch seconds, and seconds. */
  start: z.number().int(),
  duration: z.number().min(0),
  datasource: z.string(),
  method: z.string().nullish(),
  score: z.number().nullish(),
});
export type OutageEvent = z.infer<typeof OutageEvent>;

export const Alert = z.object({
  datasource: z.string(),
  entity: z.object({ code: z.coerce.string(), type: z.string(), name: z.string().nullish() }),
  /** Epoch seconds. */
  time: z.number().int(),
  level: z.enum(['normal', 'warning', 'critical']),
  method: z.string().nullish(),
});
export type Alert = z.infer<typeof Alert>;

export const Entity = z.object({ code: z.coerce.string(), name: z.string(), type: z.string() });
