/** How far a vantage gets, from its ring checks. */
import type { RingCheck } from '../../../probes/measurement.ts';
import type { Connectivity } from '../../../probes/words.ts';

/**
 * A foreign site answers: online. Else a domestic site that is not on the allow-list of January 2022: domestic only.
 * Else one that is: allow-list. Else a name server: only DNS (UDP/53 passed in January 2022). Else offline.
 * Null where nothing could be tried, or where something answered but no foreign site was ever asked.
 */
export function connectivityOf(checks: readonly RingCheck[]): Connectivity | null {
  const tried = checks.filter((check) => check.failure !== 'interrupted');
  const reached = tried.filter((check) => check.failure === null);
  if (tried.length === 0) return null;
  if (reached.length > 0 && !tried.some((check) => check.ring === 'foreign')) return null;
  if (reached.some((check) => check.ring === 'foreign')) return 'online';
  if (reached.some((check) => check.ring === 'domestic' && check.allow_listed !== true))
    return 'domestic_only';
  if (reached.some((check) => check.ring === 'domestic')) return 'allow_list';
  return reached.some((check) => check.ring === 'dns') ? 'dns_only' : 'offline';
}
