/** Puts one run's report into its record: OONI's data format 0.2.0 with our keys under `x_aiqyn_…`. */
import { TEST_NAMES } from '../../probes/measurement.ts';
import type { Abort, OwnMeasurement, TargetTag, VantageTag } from '../../probes/measurement.ts';
import type { Connectivity } from '../../probes/words.ts';
import { withoutOwnAddress } from './own-address.ts';

export interface Sealing {
  readonly id: string;
  /** UTC epoch milliseconds. */
  readonly startedAtMs: number;
  /** Start of the round, for OONI's `test_start_time`. */
  readonly roundStartedAtMs: number;
  readonly runtimeMs: number;
  readonly vantage: VantageTag;
  readonly target: TargetTag;
  /** Where it is not the kind's own, as of apps that OONI has a test for. */
  readonly testName?: string;
  /** The URL; null for `rings` and apps. */
  readonly input: string | null;
  readonly testKeys: Readonly<Record<string, unknown>>;
  readonly retest: number;
  readonly connectivity: Connectivity | null;
  readonly abort: Abort | null;
  /** The network that the vantage was in where that is not its own. */
  readonly otherNetwork?: string | null;
  readonly softwareVersion: string;
}

/** Never holds an address of the vantage, whoever told it: `probe_ip` is always 127.0.0.1, as OONI writes a withheld one. */
export function seal(run: Sealing): OwnMeasurement {
  return {
    data_format_version: '0.2.0',
    input: run.input,
    measurement_start_time: ooniTime(run.startedAtMs),
    test_start_time: ooniTime(run.roundStartedAtMs),
    probe_asn: run.otherNetwork ?? run.vantage.operator,
    probe_cc: countryOf(run.vantage),
    probe_ip: '127.0.0.1',
    report_id: '',
    software_name: 'aiqyn',
    software_version: run.softwareVersion,
    test_name: run.testName ?? TEST_NAMES[run.target.probe],
    test_version: '0.1.0',
    test_runtime: run.runtimeMs / 1_000,
    test_helpers: {},
    x_aiqyn_id: run.id,
    x_aiqyn_started_at_ms: run.startedAtMs,
    x_aiqyn_vantage: run.vantage,
    x_aiqyn_target: run.target,
    x_aiqyn_retest: run.retest,
    ...(run.connectivity === null ? {} : { x_aiqyn_connectivity: run.connectivity }),
    ...(run.abort === null ? {} : { x_aiqyn_abort: run.abort }),
    ...(run.otherNetwork == null ? {} : { x_aiqyn_other_network: run.otherNetwork }),
    test_keys: withoutOwnAddress(run.testKeys),
  };
}

/** Every place of the catalogue is in Kazakhstan; a remote vantage looks from elsewhere. */
function countryOf({ place, access }: VantageTag): string {
  return place === 'unknown' || access === 'remote' ? 'ZZ' : 'KZ';
}

/** `YYYY-MM-DD hh:mm:ss`, UTC. */
function ooniTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
