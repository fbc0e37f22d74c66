/**
 * A vantage's records form a chain of hashes: each head is SHA-256 over the head before and the record's own hash, so that a
 * record that is changed, removed, put in or moved gives another head from there on. The heads are signed (batch.ts).
 */
import { createHash } from 'node:crypto';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { canonicalJson } from './canonical.ts';

/** Before the first record. */
export const CHAIN_START = '0'.repeat(64);

/** SHA-256 in hex, of the record as the vantage sent it: what a collector corrected is taken out again. */
export function hashOfRecord(measurement: OwnMeasurement): string {
  return createHash('sha256')
    .update(canonicalJson(asSent(measurement)))
    .digest('hex');
}

export function nextHead(head: string, recordHash: string): string {
  return createHash('sha256')
    .update(Buffer.from(head, 'hex'))
    .update(Buffer.from(recordHash, 'hex'))
    .digest('hex');
}

/** The head after these records. */
export function headAfter(head: string, measurements: readonly OwnMeasurement[]): string {
  return measurements.reduce((before, measurement) => nextHead(before, hashOfRecord(measurement)), head);
}

/**
 * A record with its start by the collector's clock; the vantage's own stays beside it.
 * `offsetMs` is the vantage's clock minus the collector's.
 */
export function withClockCorrected(measurement: OwnMeasurement, offsetMs: number): OwnMeasurement {
  const startedAtMs = measurement.x_aiqyn_started_at_ms;
  return {
    ...measurement,
    x_aiqyn_started_at_ms: startedAtMs - offsetMs,
    x_aiqyn_vantage_clock: { started_at_ms: startedAtMs, offset_ms: offsetMs },
  };
}

/** The record as its vantage sent it. */
export function asSent(measurement: OwnMeasurement): OwnMeasurement {
  const { x_aiqyn_vantage_clock: clock, ...rest } = measurement;
  return clock === undefined ? measurement : { ...rest, x_aiqyn_started_at_ms: clock.started_at_ms };
}
