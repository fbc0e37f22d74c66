/**
 * Web pages: OONI's web_connectivity (0.4 and 0.5) and our own `web`. Observations become evidence (evidence.ts), the
 * table of rules (rules.ts) decides on it; the order of observations plays no part.
 */
import { readWebTestKeys } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import { chainReader, findInterception } from './certificates.ts';
import { conclude, undecided } from './conclude.ts';
import { consistencyOf, injectionOf } from './consistency.ts';
import { viewControl } from './control.ts';
import type { Evidence } from './evidence.ts';
import { gather } from './gather.ts';
import { followPath } from './path.ts';
import { RULES } from './rules.ts';
import type { Knowledge, Verdict } from './verdict.ts';

/** The first rule that applies decides. Test keys that cannot be read are `inconclusive`. */
export function judgeWeb(measurement: Measurement, knowledge: Knowledge): Verdict {
  const evidence = evidenceOf(measurement, knowledge);
  if (evidence === null)
    return undecided('own.unreadable', 'The input is no web address, or the test keys are not readable.');
  for (const rule of RULES) {
    const finding = rule.decide(evidence);
    if (finding !== null) return conclude(finding, rule.id, evidence.connectivity);
  }
  return undecided('own.unexplained', 'No rule applies.');
}

function evidenceOf(measurement: Measurement, knowledge: Knowledge): Evidence | null {
  const keys = readWebTestKeys(measurement.test_keys);
  if (keys === null) return null;
  const gathered = gather(keys, knowledge.blockpagesOf);
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
    isProxied: keys.x_aiqyn_proxied === true,
    isEmpty: [keys.queries, keys.tcp_connect, keys.tls_handshakes, keys.requests].every(
      (seen) => seen.length === 0,
    ),
    ...path,
    control,
    consistency: consistencyOf(path.first, { control, asnOf, expectedAsns: expectation?.asns ?? [] }),
    injection: injectionOf(path.first, control),
    interception: findInterception(
      path.hops.flatMap((hop) => hop.handshakes),
      knowledge,
      reader,
    ),
    asnOf,
    expectation,
    chainOf: reader.chain,
  };
}

function circumstances(measurement: Measurement): Pick<Evidence, 'abort' | 'connectivity'> {
  return { abort: measurement.x_aiqyn_abort ?? null, connectivity: measurement.x_aiqyn_connectivity ?? null };
}
