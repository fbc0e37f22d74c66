/**
 * The archive's port: raw measurements, append-only. tests/contract/archive.ts states its promises.
 * A port and not a class, so that ingest can be tested against a disk that fails.
 */
import type { OwnMeasurement } from '../../probes/measurement.ts';

export interface Archive {
  /**
   * Appends those that it does not hold yet (by `x_aiqyn_id`) and resolves once they survive a crash.
   * Answers which ids were new. Throws EnvironmentError('DISK_FULL') when nothing more can be kept.
   */
  append(batch: readonly OwnMeasurement[]): Promise<{ readonly added: readonly string[] }>;
  /** Ascending by the id's time; half-open window over the measurement's start, UTC epoch milliseconds. */
  read(window: { readonly fromMs: number; readonly toMs: number }): AsyncIterable<OwnMeasurement>;
  /** On disk now, as far as this process has counted. */
  bytes(): number;
  close(): Promise<void>;
}
