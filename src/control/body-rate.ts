/** How fast a body came to the control, for vantages to compare theirs with. */
import type { HttpProgress } from '../../probes/network.ts';

/**
 * Of the body on the wire. A smaller one comes with the first packets of a connection (ten of 1,460 bytes, RFC 6928), whatever the
 * line can carry, so nothing is said of it.
 */
export const RATE_BYTES_MIN = 16_384;

/**
 * Bytes per second from the request to the end of the body; null for bodies under RATE_BYTES_MIN. The wait for the first byte
 * counts, so that the figure is rather too low: a control that seems slow accuses nobody.
 */
export function bodyRate(progress: readonly HttpProgress[]): number | null {
  const last = progress.at(-1);
  if (last === undefined || last.receivedBytes < RATE_BYTES_MIN || last.elapsedMs <= 0) return null;
  return Math.round((last.receivedBytes / last.elapsedMs) * 1_000);
}
