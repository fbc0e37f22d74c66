/** From a rule's finding to a verdict: its score, and what the state of the vantage's own network makes of it. */
import type { Connectivity } from '../../../probes/words.ts';
import type { Finding } from './rule.ts';
import type { Status, Verdict } from './verdict.ts';

/** How much of the target is out of reach, by status: 0 reachable … 1 blocked. What is not known counts as nothing. */
const SCORES: Readonly<Record<Status, number>> = {
  ok: 0,
  tampered: 0.3,
  throttled: 0.7,
  intercepted: 0.9,
  blocked: 1,
  down: 0,
  offline: 0,
  inconclusive: 0,
};

/** `inconclusive`, with the one reason why. `rule` is stored with it, e.g. `own.empty`. */
export function undecided(rule: string, reason: string): Verdict {
  return {
    status: 'inconclusive',
    layer: null,
    method: null,
    failure: null,
    confidence: 0,
    reasons: [reason],
    score: SCORES.inconclusive,
    rule,
  };
}

/** Rules whose finding stands whatever the rings say: a known forger was there, or nothing is claimed. */
const STANDING = new Set(['tls.known_interceptor', 'own.aborted']);

/**
 * The verdict that `rule` found. What fails while the rings are not all up is nobody's block but `offline`; what works
 * stands. `connectivity` is null where the rings were not asked.
 */
export function conclude(finding: Finding, rule: string, connectivity: Connectivity | null): Verdict {
  const stands = finding.status === 'ok' || finding.status === 'tampered' || STANDING.has(rule);
  if (connectivity === null || connectivity === 'online' || stands) {
    return { ...finding, score: SCORES[finding.status], rule };
  }
  return {
    status: 'offline',
    layer: 'network',
    method: null,
    failure: finding.failure,
    confidence: 0.8,
    reasons: [
      `This vantage was ${connectivity.replace('_', ' ')} by its rings when it failed.`,
      ...finding.reasons,
    ],
    score: SCORES.offline,
    rule: 'own.offline',
  };
}
