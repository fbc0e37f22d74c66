/** A borrowed probe's sighting as a measurement of ours: same format, same path, and marked as what it is. */
import type { BorrowedTag, OwnMeasurement, VantageTag } from '../../probes/measurement.ts';
import type { WebTarget } from '../../probes/plan.ts';
import type { ControlAnswer } from '../../probes/probe.ts';
import { seal } from '../agent/envelope.ts';
import type { BorrowedNetwork, Comparison, LenderName, Sighting } from './lender.ts';

/** Everything asked for is inside the country. */
const COUNTRY = 'KZ';

/**
 * The vantage that all probes of one lender in one network are together: who they are nobody knows. Its access is `remote`,
 * because we are not there.
 */
export function borrowedVantage(lender: LenderName, { operator, place }: BorrowedNetwork): VantageTag {
  return { id: `${lender}-${operator.toLowerCase()}-${place}`, operator, place, access: 'remote' };
}

export interface Recording {
  readonly id: string;
  readonly lender: LenderName;
  readonly target: WebTarget;
  readonly sighting: Sighting;
  readonly compared: Pick<ControlAnswer, 'control' | 'failure' | 'source'> & { readonly ageMs?: number };
  readonly softwareVersion: string;
}

/** A comparison that the lender made itself, at the same time. */
export function comparedByLender({ control, failure }: Comparison): Recording['compared'] {
  return { control, failure, source: control === null ? 'none' : 'live' };
}

export function recordOf({
  id,
  lender,
  target,
  sighting,
  compared,
  softwareVersion,
}: Recording): OwnMeasurement {
  const { network, startedAtMs, runtimeMs, testKeys, isLendersFault } = sighting;
  const borrowed: BorrowedTag = { lender, network: network.name, city: network.city };
  const { control, failure, source, ageMs } = compared;
  return {
    ...seal({
      id,
      startedAtMs,
      roundStartedAtMs: startedAtMs,
      runtimeMs,
      vantage: borrowedVantage(lender, network),
      target: { id: target.id, platform: target.platform, probe: 'web', depth: 'light' },
      input: target.lightUrl,
      testKeys: {
        network_events: [],
        ...testKeys,
        control,
        control_failure: failure,
        x_aiqyn_control_source: source,
        ...(source === 'last_known_good' ? { x_aiqyn_control_age_ms: ageMs ?? 0 } : {}),
      },
      retest: 0,
      connectivity: null,
      // The lender's trouble is ours: what was seen is kept, and no verdict rests on it.
      abort: isLendersFault ? 'probe_bug' : null,
      softwareVersion,
    }),
    probe_cc: COUNTRY,
    x_aiqyn_borrowed: borrowed,
  };
}
