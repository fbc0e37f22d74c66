/** A measurement for a person: what was tried, how long it took, what failed, what the control saw; then the verdict. */
import { AppTestKeys, QuicTestKeys, ThroughputTestKeys, WebTestKeys } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import { seenOf } from '../../analysis/verdict/apps/seen.ts';
import type { Verdict } from '../../analysis/verdict/verdict.ts';
import { enVerdicts } from '../../web/messages/en/verdicts.ts';
import { partRows } from './app.ts';
import { appControlSentence, controlSentence, QUIC_UNASKED } from './control.ts';
import { pageRows } from './page.ts';
import { quicRows } from './quic.ts';
import { tableOf } from './table.ts';
import { transferRows } from './throughput.ts';
import { verdictSentence } from './words.ts';

/** Lines for a terminal. `name` is what people call the target: a host, an app. */
export function explain(name: string, measurement: Measurement, verdict: Verdict): string[] {
  const { table, control } = shownOf(measurement, verdict);
  return [
    ...tableOf(table),
    '',
    verdictSentence(name, measurement.x_aiqyn_target?.probe ?? null, verdict),
    ...reasonsOf(measurement, verdict).map((reason) => `  - ${reason}`),
    ...shareOf(verdict),
    // What the control saw does not matter where this vantage could see nothing.
    ...(verdict.status === 'offline' ? [] : [control]),
  ];
}

interface Shown {
  /** The first row is the head. */
  readonly table: readonly (readonly string[])[];
  readonly control: string;
}

function shownOf({ test_keys: testKeys, x_aiqyn_target: target }: Measurement, verdict: Verdict): Shown {
  if (target?.probe === 'app') {
    const keys = AppTestKeys.parse(testKeys);
    const parts = seenOf(testKeys, []) ?? [];
    const hasFailures = parts.some(({ endpoints }) => endpoints.some(({ state }) => state === 'failed'));
    return {
      table: [['part', 'tried', 'ms', 'here', 'control'], ...partRows(parts, keys)],
      control: appControlSentence(keys, hasFailures),
    };
  }
  const head = ['step', 'ms', 'here', 'control'] as const;
  if (target?.probe === 'quic') {
    const keys = QuicTestKeys.parse(testKeys);
    const isUnasked = verdict.rule === 'quic.answers';
    return {
      table: [head, ...pageRows(keys, quicRows(keys))],
      control: isUnasked ? QUIC_UNASKED : controlSentence(keys),
    };
  }
  const isSpeed = target?.probe === 'throughput';
  const keys = WebTestKeys.parse(testKeys);
  const rows = isSpeed ? transferRows(ThroughputTestKeys.parse(testKeys)) : pageRows(keys);
  return { table: [head, ...rows], control: controlSentence(keys) };
}

/** Offline, nothing of the target was seen: how far the vantage got is all that there is to say. */
function reasonsOf({ x_aiqyn_connectivity: connectivity }: Measurement, verdict: Verdict): readonly string[] {
  if (verdict.status !== 'offline') return verdict.reasons;
  return connectivity === undefined ? verdict.reasons : [enVerdicts.connectivityMeaning[connectivity]];
}

/** Of what is partly out of reach, how much. */
function shareOf({ status, score }: Verdict): string[] {
  const isPart =
    (status === 'blocked' || status === 'ok' || status === 'intercepted') && score > 0 && score < 1;
  return isPart ? [`Out of reach: ${Math.round(score * 100)} % of it.`] : [];
}
