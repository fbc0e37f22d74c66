/** The rings: how far this vantage gets. */
import { RingsTestKeys } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import { undecided } from './conclude.ts';
import { connectivityOf } from './connectivity.ts';
import { mostTelling } from './failures.ts';
import type { Verdict } from './verdict.ts';

/** `ok` while online, else `offline` on the layer `network`, with what the checks reached. */
export function judgeRings(measurement: Measurement): Verdict {
  if (measurement.x_aiqyn_abort !== undefined) {
    return undecided('own.aborted', `The run ended through our own fault (${measurement.x_aiqyn_abort}).`);
  }
  const parsed = RingsTestKeys.safeParse(measurement.test_keys);
  const checks = parsed.success ? parsed.data.x_aiqyn_ring_checks : [];
  const connectivity = connectivityOf(checks);
  if (connectivity === null) return undecided('own.empty', 'Nothing was observed.');
  const reached = checks.filter((check) => check.failure === null).map((check) => check.name);
  const reason =
    reached.length === 0
      ? `None of ${checks.length} ring checks got an answer.`
      : `Of ${checks.length} ring checks these got an answer: ${[...new Set(reached)].sort().join(', ')}.`;
  const isOnline = connectivity === 'online';
  return {
    status: isOnline ? 'ok' : 'offline',
    layer: isOnline ? null : 'network',
    method: null,
    failure: isOnline
      ? null
      : mostTelling(checks.map((check) => check.failure).filter((failure) => failure !== null)),
    confidence: 0.9,
    reasons: [`The rings say ${connectivity.replace('_', ' ')}.`, reason],
    score: 0,
    rule: `rings.${connectivity}`,
  };
}
