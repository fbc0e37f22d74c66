/** Public pages round to five minutes: a finer instant could tell which vantage measured. */
export const PUBLIC_ROUNDING_MS = 5 * 60_000;

/** The five minutes that an instant lies in, by their start. */
export function roundedMs(atMs: number): number {
  return Math.floor(atMs / PUBLIC_ROUNDING_MS) * PUBLIC_ROUNDING_MS;
}

/** ISO 8601 in UTC, rounded. */
export function roundedIso(atMs: number): string {
  return new Date(roundedMs(atMs)).toISOString();
}
