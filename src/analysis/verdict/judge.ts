/**
 * judge: a measurement and what is known → a verdict. Pure and deterministic: no clock, no I/O, no order of
 * observations. Observations become evidence (evidence.ts), the table of rules (rules.ts) decides on it.
 */
import { RingsTestKeys, TEST_NAMES, WebTestKeys } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import { chainReader, findInterception } from './certificates.ts';
import { connectivityOf } from './connectivity.ts';
import { consistencyOf } from './consistency.ts';
import { viewControl } from './control.ts';
import type { Evidence } from './evidence.ts';
import { mostTelling } from './failures.ts';
import { gather } from './gather.ts';
import { followPath } from './path.ts';
import type { Finding } from './rule.ts';
import { RULES } from './rules.ts';
import type { Knowledge, Status, Verdict } from './verdict.ts';

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

/**
 * Judges OONI's web_connectivity (0.4 and 0.5), our own `web` and the rings. Never throws on what its schema accepts;
 * tests without rules, and test keys that cannot be read, are `inconclusive`.
 */
export function judge(measurement: Measurement, knowledge: Knowledge): Verdict {
  if (measurement.test_name === TEST_NAMES.rings) return judgeRings(measurement);
  if (measurement.test_name !== TEST_NAMES.web) {
    return undecided('own.no_rules', `There are no rules for the test ${measurement.test_name}.`);
  }
  const evidence = evidenceOf(measurement, knowledge);
  if (evidence === null)
    return undecided('own.unreadable', 'The input is no web address, or the test keys are not readable.');
  for (const rule of RULES) {
    const finding = rule.decide(evidence);
    if (finding !== null) return withNetwork(finding, rule.id, evidence);
  }
  return undecided('own.unexplained', 'No rule applies.');
}

function undecided(rule: string, reason: string): Verdict {
  return {
    status: 'inconclusive',
    layer: null,
    method: null,
    failure: null,
    confidence: 0,
    reasons: [reason],
    score: 0,
    rule,
  };
}

/** What fails while the rings are not all up is nobody's block; what works, and what a known forger signed, stands. */
function withNetwork(finding: Finding, rule: string, evidence: Evidence): Verdict {
  const { connectivity } = evidence;
  const stands =
    finding.status === 'ok' ||
    finding.status === 'tampered' ||
    rule === 'tls.known_interceptor' ||
    rule === 'own.aborted';
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

function evidenceOf(measurement: Measurement, knowledge: Knowledge): Evidence | null {
  const parsed = WebTestKeys.safeParse(measurement.test_keys);
  if (!parsed.success) return null;
  const keys = parsed.data;
  const gathered = gather(keys);
  const control = viewControl(keys);
  const path = followPath(measurement.input ?? '', gathered, control.page?.code ?? null);
  if (path === null) return null;
  const reader = chainReader(knowledge);
  const expectation =
    measurement.x_aiqyn_target === undefined ? null : knowledge.expectationOf(measurement.x_aiqyn_target.id);
  function asnOf(ip: string): number | null {
    return gathered.asns.get(ip) ?? knowledge.asnOf(ip);
  }
  return {
    ...circumstances(measurement),
    isEmpty: [keys.queries, keys.tcp_connect, keys.tls_handshakes, keys.requests].every(
      (seen) => seen.length === 0,
    ),
    ...path,
    control,
    consistency: consistencyOf(path.first, { control, asnOf, expectedAsns: expectation?.asns ?? [] }),
    interception: findInterception(
      path.hops.flatMap((hop) => hop.handshakes),
      knowledge,
      reader,
    ),
    asnOf,
    expectation,
    leafIssuerOf: (handshake) => reader.facts(handshake)[0]?.issuer ?? null,
  };
}

function circumstances(measurement: Measurement): Pick<Evidence, 'abort' | 'connectivity'> {
  return { abort: measurement.x_aiqyn_abort ?? null, connectivity: measurement.x_aiqyn_connectivity ?? null };
}

function judgeRings(measurement: Measurement): Verdict {
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
