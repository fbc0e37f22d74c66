/**
 * judge: a measurement and what is known → a verdict. Pure and deterministic: no clock, no I/O, no order of
 * observations. Each test has its own judge; a new one is its file and its line in the table.
 */
import { TEST_NAMES } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import { APP_TESTS, judgeApp, judgeIngest } from './apps/judge-app.ts';
import { undecided } from './conclude.ts';
import { judgeQuic } from './judge-quic.ts';
import { judgeRings } from './judge-rings.ts';
import { judgeThroughput } from './judge-throughput.ts';
import { judgeWeb } from './judge-web.ts';
import { withPath } from './path-said.ts';
import type { Knowledge, Verdict } from './verdict.ts';

/** Judges one kind of test. Never throws on what `Measurement` accepts, whatever its test keys hold. */
type Judge = (measurement: Measurement, knowledge: Knowledge) => Verdict;

/** By `test_name`. */
const JUDGES: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  [TEST_NAMES.web, judgeWeb],
  [TEST_NAMES.rings, judgeRings],
  [TEST_NAMES.ingest, judgeIngest],
  [TEST_NAMES.throughput, judgeThroughput],
  [TEST_NAMES.quic, judgeQuic],
  ...APP_TESTS.map((name): [string, Judge] => [name, judgeApp]),
]);

/** The verdict on a measurement of any test; tests without rules are `inconclusive`. Never throws on what its schema accepts. */
export function judge(measurement: Measurement, knowledge: Knowledge): Verdict {
  const other = measurement.x_aiqyn_other_network;
  if (other !== undefined) {
    return undecided(
      'own.other_network',
      `The vantage was in ${other}, which is not the network it measures for (${measurement.x_aiqyn_vantage?.operator ?? 'not told'}): a VPN, a proxy or another line.`,
    );
  }
  const judgeOf = JUDGES.get(measurement.test_name);
  const verdict = judgeOf?.(measurement, knowledge);
  if (verdict !== undefined) return withPath(verdict, measurement);
  return undecided('own.no_rules', `There are no rules for the test ${measurement.test_name}.`);
}
