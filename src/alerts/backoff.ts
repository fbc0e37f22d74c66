/** How long a channel that failed is left alone. Pure. */
const FIRST_MS = 2_000;
export const BACKOFF_MAX_MS = 900_000;
/** A server's own word is believed up to here. */
const ASKED_MAX_MS = 3_600_000;

/**
 * Milliseconds until the next try after `failures` in a row (1 is the first): doubled each time up to BACKOFF_MAX_MS, of which
 * the upper half is drawn by `random` (0 ≤ x < 1), so that many do not return at once. Never shorter than the server asked for.
 */
export function backoffMs(failures: number, askedMs: number | null, random: () => number): number {
  const fullMs = Math.min(BACKOFF_MAX_MS, FIRST_MS * 2 ** Math.max(0, Math.min(failures, 30) - 1));
  const drawnMs = fullMs / 2 + (fullMs / 2) * random();
  return Math.max(drawnMs, Math.min(askedMs ?? 0, ASKED_MAX_MS));
}
