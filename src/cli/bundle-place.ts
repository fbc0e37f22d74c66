/**
 * Where what was carried by hand is put: into a running collector, through its door; or, where none runs, into its data directory,
 * and then the time that was carried is detected at once.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { systemClock } from '../../probes/net/clock.ts';
import { openWay } from '../../probes/net/post-json.ts';
import { foldWindow, initialState } from '../analysis/detect/fold.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { connectivityOf } from '../analysis/verdict/connectivity.ts';
import { judge } from '../analysis/verdict/judge.ts';
import { toPoint } from '../analysis/verdict/point.ts';
import { openCarriedBook } from '../collector/carried-book.ts';
import { createCarriedReception } from '../collector/carried-reception.ts';
import { createDetectorRunner } from '../collector/detector-runner.ts';
import type { FleetBook } from '../collector/fleet-book.ts';
import { createIngest } from '../collector/ingest.ts';
import type { Kept } from '../collector/ingest.ts';
import { loadCatalog } from '../config/catalog-files.ts';
import type { Config } from '../config/config.ts';
import { buildKnowledge } from '../config/knowledge.ts';
import { isCode } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';
import {
  BODY_TYPE,
  CARRIED_PATH,
  CarriedAnswer,
  HEADER_FIELD,
  RefusalAnswer,
  SIGNATURE_FIELD,
} from '../fleet/answers.ts';
import type { CarriedBatch } from '../fleet/bundle-file.ts';
import type { Log } from '../log.ts';
import { isImportedVantage } from '../sources/ooni/adopt.ts';
import { detectorConfigOf, WINDOW_MS } from './configured-monitor.ts';
import { doorPath } from './fleet-of.ts';
import { openStorage, quarantineOf } from './storage.ts';
import type { Storage } from './storage.ts';

const POST_TIMEOUT_MS = 60_000;
const DAY_MS = 86_400_000;
const Door = z.object({ url: z.url() });

export interface BundlePlace {
  /** Durable when it resolves. @throws Refusal, EnvironmentError */
  put(batch: CarriedBatch): Promise<Kept>;
  /** Incidents in what was put, from `fromMs` on; null where a running collector finds them. */
  detect(fromMs: number): Promise<readonly Incident[] | null>;
  close(): Promise<void>;
}

export interface PlaceOptions {
  readonly config: Config;
  readonly dataDir: string;
  readonly book: FleetBook;
  readonly log: Log;
}

/** @throws EnvironmentError where the data directory is in use by what is no collector, or cannot be used. */
export async function openBundlePlace(options: PlaceOptions): Promise<BundlePlace> {
  try {
    return await openDirectory(options);
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'ARCHIVE_LOCKED') throw error;
    return openDoor(await doorOf(options.dataDir, error));
  }
}

async function doorOf(dataDir: string, locked: EnvironmentError): Promise<string> {
  try {
    return Door.parse(JSON.parse(await readFile(doorPath(dataDir), 'utf8'))).url;
  } catch (cause) {
    if (!isCode(cause, 'ENOENT')) throw cause;
    throw new EnvironmentError(
      'NO_DOOR',
      `${locked.message} It is no collector with an open door, which alone takes bundles while it runs.`,
      { cause },
    );
  }
}

function openDoor(base: string): BundlePlace {
  const way = openWay({});
  return {
    async put({ headerText, signature, body }) {
      const answer = await way.send(
        {
          url: new URL(CARRIED_PATH, base).href,
          headers: { 'content-type': BODY_TYPE, [HEADER_FIELD]: headerText, [SIGNATURE_FIELD]: signature },
          body,
          timeoutMs: POST_TIMEOUT_MS,
        },
        new AbortController().signal,
      );
      const kept = CarriedAnswer.safeParse(answer.body);
      if (kept.success) return kept.data;
      const why =
        RefusalAnswer.safeParse(answer.body).data?.message ?? answer.failure ?? `status ${answer.status}`;
      throw new EnvironmentError(
        'COLLECTOR_REFUSED',
        `The running collector (${base}) did not take it: ${why}`,
      );
    },
    detect: async () => Promise.resolve(null),
    close: async () => way.close(),
  };
}

async function openDirectory({ config, dataDir, book, log }: PlaceOptions): Promise<BundlePlace> {
  const clock = systemClock();
  const archiveMegabytes = config.archive.budgetMegabytes;
  const storage = await openStorage({ dataDir, store: config.store, archiveMegabytes, clock, log });
  const knowledge = buildKnowledge(loadCatalog());
  const intake = createIngest({
    archive: storage.archive,
    store: storage.store,
    judge: (measurement) => judge(measurement, knowledge),
    toPoint,
    connectivityOf,
    quarantine: quarantineOf(dataDir, log),
    clock,
    log,
    onStored: () => undefined,
  });
  const carried = await openCarriedBook(dataDir);
  const reception = createCarriedReception({ book, carried, intake, clock });
  return {
    put: async (batch) => reception.receive(batch),
    detect: async (fromMs) => detectFrom(fromMs, { config, storage, log }),
    close: async () => storage.close(),
  };
}

/** Up to the last that anybody measured: what came after, the collector looks at when it starts. */
async function detectFrom(
  fromMs: number,
  { config, storage: { store }, log }: { config: Config; storage: Storage; log: Log },
): Promise<readonly Incident[]> {
  const { newestMs } = await store.extent();
  if (newestMs === null) return [];
  const found = new Map<string, Incident>();
  const runner = createDetectorRunner({
    store,
    clock: systemClock(),
    config: detectorConfigOf(config),
    windowMs: WINDOW_MS,
    graceMs: 0,
    fromMs,
    isImported: isImportedVantage,
    fold: { initialState, foldWindow },
    log,
    onChange: (incidents) => {
      for (const incident of incidents) found.set(incident.id, incident);
    },
  });
  await runner.flush(Math.min(newestMs, systemClock().nowMs() + DAY_MS));
  return [...found.values()];
}
