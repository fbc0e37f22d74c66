/**
 * Makes a measurement of another's probe one of ours: with an id, the tags of a vantage and a target, and without what
 * must not be kept. Our own exports come through as they are. Pure but for hashing.
 */
import { createHash } from 'node:crypto';
import { OwnMeasurement } from '../../../probes/measurement.ts';
import type { Measurement, TargetTag, VantageTag } from '../../../probes/measurement.ts';
import { withoutPrivacy } from './privacy.ts';
import type { Keeping } from './privacy.ts';

/** The target that a measurement is about; null for tests that Aiqyn has no probe for. */
export type TargetFinder = (measurement: Measurement) => TargetTag | null;

export interface AdoptOptions extends Keeping {
  readonly findTarget: TargetFinder;
  /** ISO 3166-1 code of `probe_cc`, or null for any country. */
  readonly country: string | null;
}

/** Why a readable measurement is not taken. */
export type LeftOut = 'other_country' | 'unknown_test';

export type Adopted =
  | { readonly kind: 'ours'; readonly measurement: OwnMeasurement }
  | { readonly kind: 'left_out'; readonly why: LeftOut }
  | { readonly kind: 'unreadable'; readonly what: string };

/** The same input gives the same id, so that a file that is imported twice is stored once. */
export function adopt(measurement: Measurement, options: AdoptOptions): Adopted {
  // To find out that all of a stranger's record is not ours costs as much as to read it; the id alone tells.
  const own = measurement.x_aiqyn_id === undefined ? null : OwnMeasurement.safeParse(measurement);
  if (own?.success === true) return withTime(own.data);
  if (options.country !== null && measurement.probe_cc !== options.country) {
    return { kind: 'left_out', why: 'other_country' };
  }
  const startedAtMs = startOf(measurement);
  if (startedAtMs === null) {
    return { kind: 'unreadable', what: `"${measurement.measurement_start_time}" is no time` };
  }
  const target = options.findTarget(measurement);
  if (target === null) return { kind: 'left_out', why: 'unknown_test' };
  return {
    kind: 'ours',
    measurement: {
      ...withoutPrivacy(measurement, options),
      x_aiqyn_id: idOf(measurement, startedAtMs),
      x_aiqyn_started_at_ms: startedAtMs,
      x_aiqyn_vantage: vantageOf(measurement),
      x_aiqyn_target: target,
    },
  };
}

/** A number that is no instant would be refused by every store, and with it the batch it stands in. */
function withTime(measurement: OwnMeasurement): Adopted {
  const { x_aiqyn_started_at_ms: atMs } = measurement;
  if (atMs >= 0 && atMs <= INSTANT_MS_MAX) return { kind: 'ours', measurement };
  return { kind: 'unreadable', what: `x_aiqyn_started_at_ms ${atMs} is no time` };
}

/** The end of the year 9999. */
const INSTANT_MS_MAX = 253_402_300_799_999;

const OONI_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;

/** UTC epoch milliseconds of OONI's `YYYY-MM-DD hh:mm:ss` (UTC); null where it is none. */
function startOf({ measurement_start_time: text }: Measurement): number | null {
  const atMs = OONI_TIME.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  return Number.isNaN(atMs) || atMs < 0 ? null : atMs;
}

/** A UUIDv7 (RFC 9562) whose time is the measurement's and whose random part is a hash of what names it. */
function idOf(measurement: Measurement, startedAtMs: number): string {
  const name = [
    measurement.report_id,
    measurement.test_name,
    measurement.input ?? '',
    measurement.measurement_start_time,
    measurement.probe_asn,
    measurement.test_runtime,
    // Reports that were never uploaded have no id: then only what was seen tells two runs of one second apart.
    measurement.report_id === '' ? measurement.test_keys : null,
  ];
  const hash = createHash('sha256').update(JSON.stringify(name)).digest('hex');
  const time = startedAtMs.toString(16).padStart(12, '0');
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${hash.slice(0, 3)}`,
    `${variant}${hash.slice(4, 7)}`,
    hash.slice(7, 19),
  ].join('-');
}

const VANTAGE_PREFIX = 'ooni-';

/** Whether a vantage stands for OONI's volunteers. */
export function isImportedVantage(id: string): boolean {
  return id.startsWith(VANTAGE_PREFIX);
}

/** OONI's volunteers of one network and one kind of access together are one vantage: who they are nobody knows. */
function vantageOf(measurement: Measurement): VantageTag {
  const access = isMobile(measurement) ? 'mobile' : 'fixed';
  const operator = /^AS\d{1,10}$/.test(measurement.probe_asn) ? measurement.probe_asn : 'AS0';
  return { id: `${VANTAGE_PREFIX}${operator.toLowerCase()}-${access}`, operator, place: 'unknown', access };
}

function isMobile(measurement: Measurement): boolean {
  const annotations = measurement['annotations'];
  return (
    typeof annotations === 'object' &&
    annotations !== null &&
    'network_type' in annotations &&
    annotations.network_type === 'mobile'
  );
}
