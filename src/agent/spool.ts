/**
 * The spool's port: what was measured and is not yet known to be safe elsewhere. tests/contract/spool.ts states its promises.
 * Between a probe and the collector it is the only place where a measurement lives, so it is crash-safe.
 */
import type { OwnMeasurement } from '../../probes/measurement.ts';

/** What a vantage sends: its measurements, and with each batch how it is. */
export interface SpoolEntry {
  /** Grows by one with each entry of this spool, for ever; survives restarts. */
  readonly sequence: number;
  readonly measurement: OwnMeasurement;
}

export interface Spool {
  /** Resolves once the measurement survives kill -9 and power loss (fsync). Bounded: see `dropped`. */
  append(measurement: OwnMeasurement): Promise<number>;
  /** The oldest entries not yet acknowledged, ascending by sequence; at most `limit`. Empty when there are none. */
  peek(limit: number): Promise<readonly SpoolEntry[]>;
  /** Forgets everything up to and with this sequence. Durable when it resolves; doing it twice is harmless. */
  acknowledge(sequence: number): Promise<void>;
  /** Resolves when there is something to peek, or when the signal aborts. */
  waitForEntries(signal: AbortSignal): Promise<void>;
  /** Entries not yet acknowledged. */
  depth(): number;
  /** Entries whose raw bodies, and then which themselves, had to go because the disk budget was used up. */
  dropped(): { readonly bodies: number; readonly measurements: number };
  close(): Promise<void>;
}

/** Where a spool's batches go: straight into ingest on one machine, over HTTPS in a fleet. */
export interface Uplink {
  /** Resolves when all of the batch is durable in archive and store; rejects when that is not certain. Retry is safe. */
  deliver(batch: readonly SpoolEntry[], state: VantageState): Promise<void>;
}

/** Sent with each batch, and alone every heartbeat interval: how a vantage is. */
export interface VantageState {
  readonly vantage: {
    readonly id: string;
    readonly operator: string;
    readonly place: string;
    readonly access: string;
  };
  readonly atMs: number;
  readonly connectivity: string;
  readonly spoolDepth: number;
  readonly clockOffsetMs: number;
  /** Set where others' probes were asked, or a proxy: no line of ours lives or falls silent with it, and no heartbeat is made of it. */
  readonly hasNoHeartbeat?: true;
}
