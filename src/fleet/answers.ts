/** What a collector answers, as both sides read it. */
import { z } from 'zod';
import { VantageTag } from '../../probes/measurement.ts';
import { REFUSAL_CODES } from './refusal.ts';

export const BATCHES_PATH = '/fleet/v1/batches';
/** For batches that were carried by hand; headers and body as above. */
export const CARRIED_PATH = '/fleet/v1/carried';
export const ENROLMENTS_PATH = '/fleet/v1/enrolments';
export const TIME_PATH = '/fleet/v1/time';
/** Headers of a batch's request; the body is binary. */
export const HEADER_FIELD = 'aiqyn-batch';
export const SIGNATURE_FIELD = 'aiqyn-signature';
export const BODY_TYPE = 'application/octet-stream';

const WATCH_MAX = 32;
const WATCH_LENGTH_MAX = 64;

/** Where the collector's chain of this key stands. */
export const StandingAnswer = z.object({
  number: z.int().nonnegative(),
  head: z.string(),
  last: z.int().nonnegative(),
  spool: z.string().nullable(),
  /** Platforms that somebody is live on now, to be looked at closely; absent where there is none. An agent may not know the word. */
  watch: z.array(z.string().max(WATCH_LENGTH_MAX)).max(WATCH_MAX).optional(),
});
export type StandingAnswer = z.infer<typeof StandingAnswer>;

export const TimeAnswer = z.object({ nowMs: z.number() });
export const CarriedAnswer = z.object({ stored: z.int().nonnegative(), repeated: z.int().nonnegative() });
/** `boxKey`: what bundles for this collector are sealed with (sealed-box.ts). */
export const EnrolmentAnswer = z.object({ vantage: VantageTag, boxKey: z.string().optional() });
export type EnrolmentAnswer = z.infer<typeof EnrolmentAnswer>;
export const RefusalAnswer = z.object({
  error: z.enum([...REFUSAL_CODES, 'unavailable']),
  message: z.string(),
  standing: StandingAnswer.optional(),
});
