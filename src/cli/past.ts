/** Incidents in what was taken in of the past. What is younger than a day the monitor folds itself when it starts. */
import type { Incident } from '../analysis/detect/point.ts';
import { keepWitnessed } from '../collector/hear-witnesses.ts';
import { detectHistory } from '../collector/history.ts';
import type { Config } from '../config/config.ts';
import { isImportedVantage } from '../sources/ooni/adopt.ts';
import type { Taken } from './measurement-importer.ts';
import type { Storage } from './storage.ts';

const DAY_MS = 86_400_000;
/** A volunteer's probe measures a site every few minutes at the most. */
const CADENCE_SECONDS = 300;

export interface PastOptions {
  readonly storage: Pick<Storage, 'store'>;
  readonly config: Pick<Config, 'detector'>;
  readonly taken: Taken;
  readonly nowMs: number;
  readonly onProgress?: (atMs: number) => void;
}

/** The days on which something was taken, whole. */
export async function detectPast({
  storage,
  config,
  taken,
  nowMs,
  onProgress,
}: PastOptions): Promise<Incident[]> {
  if (taken.fromMs === null || taken.toMs === null) return [];
  const fromMs = Math.floor(taken.fromMs / DAY_MS) * DAY_MS;
  const lastMs = (Math.floor(taken.toMs / DAY_MS) + 1) * DAY_MS;
  // Later than that is the following detector's, which starts a day back.
  const toMs = Math.min(lastMs, Math.floor(nowMs / DAY_MS) * DAY_MS);
  if (fromMs >= toMs) return [];
  const found = await detectHistory({
    store: storage.store,
    window: { fromMs, toMs },
    config: { ...config.detector, cadenceSeconds: CADENCE_SECONDS, heartbeatSeconds: 60 },
    isImported: isImportedVantage,
    onProgress: onProgress ?? (() => undefined),
  });
  return keepWitnessed(storage.store, found, nowMs);
}
