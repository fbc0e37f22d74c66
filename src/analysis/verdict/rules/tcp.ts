/** Rules for connects: the control connects where this vantage cannot. */
import { isV6, placeKey } from '../address.ts';
import type { Evidence } from '../evidence.ts';
import { mannerOf } from '../failures.ts';
import { controlReached, SOURCES, someOf } from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Method } from '../verdict.ts';

function connectFails(evidence: Evidence): Finding | null {
  const { outcome, control } = evidence;
  if (!controlReached(evidence) || outcome.kind !== 'failed' || outcome.stage !== 'tcp') return null;
  const method = methodOf(outcome.failure);
  if (method === null) return null;
  const failing = outcome.hop.endpoints.filter((endpoint) => endpoint.failure !== null);
  const places = failing.map((endpoint) => placeKey(endpoint.ip, endpoint.port));
  const open = places.filter((place) => control.tcp.get(place) === true);
  const v4 = failing.filter((endpoint) => !isV6(endpoint.ip)).length;
  return {
    status: 'blocked',
    layer: 'tcp',
    method,
    failure: outcome.failure,
    confidence: open.length > 0 ? (v4 > 1 ? 0.85 : 0.8) : 0.6,
    reasons: [
      places.length > 0
        ? `Every connect to ${outcome.hop.host} failed (${someOf(places)}: ${outcome.failure}).`
        : `The connect to ${outcome.hop.host} failed with ${outcome.failure}.`,
      open.length > 0 ? `The control connected to ${someOf(open)}.` : 'The control reached the page.',
    ],
  };
}

function methodOf(failure: string): Method | null {
  const manner = mannerOf(failure);
  return manner === 'drop' || manner === 'refused' || manner === 'reset' || manner === 'eof' ? manner : null;
}

export const TCP: readonly Rule[] = [
  {
    id: 'tcp.connect_fails',
    when: 'Every connect on the user’s path fails (timeout, refusal, reset) while the control reaches the target. IPv6 without a route is not counted.',
    says: 'blocked / tcp / drop, refused, reset',
    confidence: '0.85 for several addresses, 0.8 for one, to which the control connected; else 0.6',
    source: SOURCES.ooniWeb,
    decide: connectFails,
  },
];
