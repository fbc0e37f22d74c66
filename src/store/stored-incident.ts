/** An incident as adapters keep it, whole; checked when it is read back, because the database may be older or touched by others. */
import { z } from 'zod';
import { REASONS, STANCES } from '../analysis/corroborate/corroborate.ts';
import { FAMILIES } from '../analysis/corroborate/witness.ts';
import { INCIDENT_KINDS, INCIDENT_STATUSES } from '../analysis/detect/point.ts';

export const StoredTestimony = z.object({
  source: z.string(),
  signal: z.string(),
  entity: z.string(),
  family: z.enum(FAMILIES),
  stance: z.enum(STANCES),
  reason: z.enum(REASONS),
  startMs: z.number().nullable(),
  endMs: z.number().nullable(),
  usual: z.number().nullable(),
  extreme: z.number().nullable(),
});

const StoredWitnessed = z.object({
  alone: z.number(),
  speaking: z.array(StoredTestimony),
  silent: z.array(
    z.object({ stance: z.enum(STANCES), reason: z.enum(REASONS), series: z.array(z.string()) }),
  ),
});

export const StoredIncident = z.object({
  id: z.string(),
  kind: z.enum(INCIDENT_KINDS),
  status: z.enum(INCIDENT_STATUSES),
  platforms: z.array(z.string()),
  operators: z.array(z.string()),
  places: z.array(z.string()),
  access: z.string().nullable(),
  vantageIds: z.array(z.string()),
  startMs: z.number(),
  endMs: z.number().nullable(),
  detectedAtMs: z.number(),
  confidence: z.number(),
  method: z.string().nullable(),
  openings: z.array(z.object({ startMs: z.number(), endMs: z.number() })),
  members: z.array(
    z.object({
      vantage: z.string(),
      operator: z.string(),
      place: z.string(),
      access: z.string(),
      platform: z.string().nullable(),
      startMs: z.number(),
      endMs: z.number().nullable(),
      method: z.string().nullable(),
      reasons: z.array(z.string()),
    }),
  ),
  reasons: z.array(z.string()),
  // Incidents of earlier versions have none.
  witnessed: StoredWitnessed.optional(),
});
