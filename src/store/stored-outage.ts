/** An outage of others as adapters keep it, whole; checked when it is read back. */
import { z } from 'zod';

export const StoredOutage = z.object({
  id: z.string(),
  source: z.string(),
  signal: z.string(),
  entity: z.string(),
  startMs: z.number(),
  endMs: z.number().nullable(),
  cause: z.string().nullable(),
  score: z.number().nullable(),
  url: z.string().nullable(),
});
