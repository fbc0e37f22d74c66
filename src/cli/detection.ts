/** Who detects here, and what those outside say of what is found. */
import { foldWindow, initialState } from '../analysis/detect/fold.ts';
import { createDetectorRunner } from '../collector/detector-runner.ts';
import type { DetectorRunner } from '../collector/detector-runner.ts';
import type { WatchLog } from '../collector/watch-log.ts';
import { createOutsideWitness } from '../collector/outside-witness.ts';
import { startWitnessKeeper } from '../collector/witness-keeper.ts';
import type { WitnessKeeper } from '../collector/witness-keeper.ts';
import { isImportedVantage } from '../sources/ooni/adopt.ts';
import { startLease } from './collector-lease.ts';
import type { RunningLease } from './collector-lease.ts';
import type { MonitorOptions } from './monitor.ts';

export interface Detection {
  readonly runner: DetectorRunner;
  /** Is this the collector that detects, now? */
  readonly isLeader: () => boolean;
  /** Null: nobody else writes to this store. */
  readonly lease: RunningLease | null;
  /** All but the runner, which is its starter's to stop, and first. */
  stop(): Promise<void>;
}

function detectorOf(
  options: MonitorOptions,
  watch: WatchLog,
  mayDetect: () => boolean,
  heard: WitnessKeeper['heard'],
): DetectorRunner {
  return createDetectorRunner({
    isUnwatched: (window) => watch.isUnwatched(window),
    mayDetect,
    isImported: isImportedVantage,
    witness: createOutsideWitness(options.storage.store, options.clock),
    heard,
    store: options.storage.store,
    clock: options.clock,
    config: options.detector,
    windowMs: options.windowMs,
    graceMs: options.graceMs,
    fold: { initialState, foldWindow },
    log: options.log,
    onChange: options.onChange,
    pollMs: options.pollMs,
  });
}

/** Of several collectors on one store one detects. A demo is alone, whatever store it writes to. */
export async function detectionOf(options: MonitorOptions, watch: WatchLog): Promise<Detection> {
  const { storage, demo, dataDir, windowMs, graceMs, clock, log } = options;
  const table = demo === undefined ? storage.collectors : null;
  let lease: RunningLease | null = null;
  function isLeader(): boolean {
    return table === null || (lease?.isHeld() ?? false);
  }
  let witnesses: WitnessKeeper | null = null;
  const runner = detectorOf(options, watch, isLeader, (id) => witnesses?.heard(id));
  if (table !== null)
    lease = await startLease({
      table,
      dataDir,
      lateAfterMs: windowMs + graceMs,
      clock,
      log,
      onLate: (fromMs) => {
        runner.notify([{ atMs: fromMs }], []);
      },
    });
  const held = lease;
  const hearing = startWitnessKeeper({ store: storage.store, mayWrite: isLeader, clock, log });
  witnesses = hearing;
  return {
    runner,
    isLeader,
    lease: held,
    async stop() {
      await hearing.stop();
      await held?.stop();
    },
  };
}
