/** Bounds and readings of the port's questions that every adapter shares, so that they cannot drift apart. */
import type { IncidentQuery, Scope } from './store.ts';

export const INCIDENTS_DEFAULT = 100;
export const INCIDENTS_MAX = 1_000;

export const SCOPE_KEYS = [
  'vantage',
  'operator',
  'place',
  'access',
  'platform',
  'target',
] as const satisfies readonly (keyof Scope)[];

/** How many incidents a question gets: at least 0, at most INCIDENTS_MAX. */
export function incidentLimit(query: IncidentQuery): number {
  const limit = Math.trunc(query.limit ?? INCIDENTS_DEFAULT);
  return Math.min(Math.max(limit, 0), INCIDENTS_MAX);
}

/** @throws RangeError when a bucket is not a whole number of milliseconds above 0. */
export function requireBucket(bucketMs: number): void {
  if (!Number.isSafeInteger(bucketMs) || bucketMs <= 0)
    throw new RangeError(`bucketMs must be a whole number above 0, not ${bucketMs}`);
}
