/** What one transfer says: its rate, whether it stood still, and whether it came evenly. */
import type { Transfer } from '../../../probes/measurement.ts';

/** A shorter transfer comes with the first packets of a connection (RFC 6928), whatever the line carries … */
export const TRANSFER_BYTES_MIN = 16_384;
/** … unless it took this long: then it is the line that was slow. */
export const TRANSFER_MS_MIN = 3_000;
const STALL_MS_MIN = 3_000;
/**
 * A shaper's queue overflows now and then, and what follows a lost packet waits for it: bytes then come in jumps of half a
 * second at a rate that is even all the same. So they are added up over this long.
 */
const STEADY_WINDOW_MS = 1_000;
/** Of the bytes per window, standard deviation over mean. */
const STEADY_VARIATION_MAX = 0.35;
const STEADY_WINDOWS_MIN = 4;
const TIMEOUT = 'generic_timeout_error';

/** Bytes per second from the request on; null where too little came to tell, or where it broke off. */
export function rateOf({ samples, failure }: Transfer): number | null {
  const [ms, bytes] = samples.at(-1) ?? [0, 0];
  if (failure !== null && failure !== TIMEOUT) return null;
  if (ms <= 0 || bytes <= 0 || (bytes < TRANSFER_BYTES_MIN && ms < TRANSFER_MS_MIN)) return null;
  // A body that is short by nature and came whole, after a long wait for its first byte, is a slow server.
  if (failure === null && bytes < TRANSFER_BYTES_MIN) return null;
  return (bytes / ms) * 1_000;
}

/** Whether it began, and nothing came in the last seconds before our deadline. */
export function isStalled({ samples, failure }: Transfer): boolean {
  const last = samples.at(-1);
  if (last === undefined || failure !== TIMEOUT) return false;
  const since = samples.find(([, bytes]) => bytes === last[1]);
  return since !== undefined && last[0] - since[0] >= STALL_MS_MIN;
}

/** Whether bytes came evenly, as something that limits the rate lets them through; a busy line is uneven. */
export function isSteady({ samples }: Transfer): boolean {
  const rates = windowRates(samples);
  if (rates.length < STEADY_WINDOWS_MIN) return false;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return mean > 0 && Math.sqrt(variance) / mean <= STEADY_VARIATION_MAX;
}

/** Bytes per millisecond of each whole window after the first sample, which the first packets of a connection fill. */
function windowRates(samples: Transfer['samples']): number[] {
  const rates: number[] = [];
  let [from] = samples;
  // The last sample ends wherever the body does, so it is in no whole window.
  for (const sample of samples.slice(1, -1)) {
    if (from === undefined || sample[0] - from[0] < STEADY_WINDOW_MS) continue;
    rates.push((sample[1] - from[1]) / (sample[0] - from[0]));
    from = sample;
  }
  return rates;
}
