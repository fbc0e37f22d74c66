/** A monitor as the configuration describes it, until it is asked to stop: what `run` and `collector` share. */
import { systemClock } from '../../probes/net/clock.ts';
import type { Catalog } from '../../probes/catalog.ts';
import type { AlertDesk } from '../alerts/desk.ts';
import type { DetectorConfig } from '../analysis/detect/config.ts';
import { loadCatalog } from '../config/catalog-files.ts';
import { loadConfig } from '../config/config.ts';
import type { Config, Environment } from '../config/config.ts';
import type { Log } from '../log.ts';
import { startAlerts } from './alert-routes.ts';
import { startBorrowing } from './borrowed-of.ts';
import type { RunningBorrowing } from './borrowed-of.ts';
import { HEARTBEAT_MS } from './heartbeat.ts';
import { logChanges } from './incident-log.ts';
import { openLines } from './lines.ts';
import type { Lines } from './lines.ts';
import { createLogger } from './logger.ts';
import { startMonitor } from './monitor.ts';
import type { Monitor, MonitorOptions } from './monitor.ts';
import { startSweep } from '../sweep/sweeper.ts';
import type { SourceKeeper } from '../sources/keeper.ts';
import { untilAskedToStop } from './signals.ts';
import { openStorage } from './storage.ts';
import type { Storage } from './storage.ts';
import { sourcesOf } from './sources-of.ts';
import { sweepOf } from './sweep-of.ts';
import { systemRandom } from './system-random.ts';
import type { MonitoredVantage } from './vantage-agent.ts';
import { startWatching } from './watchers-of.ts';
import type { Watching } from './watchers-of.ts';

/** A quarter of a round: a block is told seconds after its evidence, not at the end of a minute. */
export const WINDOW_MS = 15_000;
/** What works has reported by then; what times out comes later and folds the last windows again. */
const GRACE_MS = 5_000;
/** How often plans look at a target lightly. */
const CADENCE_SECONDS = 60;
const POLL_MS = 2_000;

export interface MonitorPlace {
  readonly config?: string;
  readonly dataDir?: string;
  readonly port?: number;
  readonly host?: string;
}

/** What the detector of `run` and `collector` goes by. */
export function detectorConfigOf({ detector }: Pick<Config, 'detector'>): DetectorConfig {
  return { ...detector, cadenceSeconds: CADENCE_SECONDS, heartbeatSeconds: HEARTBEAT_MS / 1_000 };
}

/** What the parts of a command are made of. */
export interface Surroundings {
  readonly config: Config;
  readonly dataDir: string;
  readonly catalog: Catalog;
  readonly lines: Lines;
  readonly log: Log;
  /** Platforms that somebody is live on now. */
  readonly livePlatforms: () => ReadonlySet<string>;
}

export interface ConfiguredParts {
  readonly vantages: (around: Surroundings) => MonitoredVantage[];
  readonly receive?: (around: Surroundings) => NonNullable<MonitorOptions['receive']>;
  readonly started: (monitor: Monitor) => void;
}

/** Of the page, or what alerts link to. */
function publicUrlOf({ http, alerts }: Config): { publicUrl?: string } {
  const publicUrl = http.publicUrl ?? alerts?.publicUrl ?? undefined;
  return publicUrl === undefined ? {} : { publicUrl };
}

function monitorOptions(
  around: Surroundings,
  place: MonitorPlace,
  storage: Storage,
  parts: ConfiguredParts,
  { poke, sources }: { readonly poke: () => void; readonly sources: SourceKeeper },
): MonitorOptions {
  const { config, dataDir, catalog, lines, log } = around;
  const { borrowed } = config;
  let borrowing: RunningBorrowing | null = null;
  const logged = logChanges(log);
  return {
    dataDir,
    storage,
    catalog,
    clock: systemClock(),
    log,
    vantages: parts.vantages(around),
    ...(parts.receive === undefined ? {} : { receive: parts.receive(around) }),
    ...(borrowed === null
      ? {}
      : {
          borrow: async (uplink, mayAsk) => {
            borrowing = await startBorrowing(borrowed, around, { store: storage.store, uplink, mayAsk });
            return borrowing;
          },
        }),
    controlStates: () => lines.controlStates(),
    detector: detectorConfigOf(config),
    windowMs: WINDOW_MS,
    graceMs: GRACE_MS,
    pollMs: POLL_MS,
    heartbeatIntervalMs: HEARTBEAT_MS,
    scale: 1,
    spoolMegabytes: config.spool.budgetMegabytes,
    keepBodies: config.archive.keepBodies,
    random: systemRandom,
    http: {
      ...config.http,
      host: place.host ?? config.http.host,
      port: place.port ?? config.http.port,
    },
    admin: config.admin,
    alerts: config.alerts,
    ...publicUrlOf(config),
    ...(config.sweep === null ? {} : { sweep: config.sweep }),
    sources: () => sources.states(),
    onChange: (incidents, removed) => {
      logged(incidents, removed);
      borrowing?.poke();
      poke();
    },
  };
}

/** Beside the monitor where the configuration has one; what it gives stops it. */
async function sweepBeside(
  { config, dataDir, log }: Surroundings,
  { store }: Storage,
): Promise<() => Promise<void>> {
  if (config.sweep === null) return async () => Promise.resolve();
  const sweep = startSweep({
    ...(await sweepOf(config.sweep, { dataDir, store, log })),
    log,
    onReport: ({ outcome, blocks, operators }) => {
      const shares = operators.map(({ operator, place, upRatio }) => ({ operator, place, upRatio }));
      log.info({ outcome, blocks, shares }, 'A round of the sweep is over.');
    },
  });
  return async () => sweep.stop();
}

/** Resolves once all of it has ended cleanly. */
export async function runConfigured(
  place: MonitorPlace,
  env: Environment,
  parts: ConfiguredParts,
): Promise<void> {
  const config = loadConfig(place.config ?? null, env);
  const log = createLogger(env['AIQYN_LOG_LEVEL'] ?? config.log.level, process.stderr.isTTY);
  const dataDir = place.dataDir ?? config.dataDir;
  // From the first moment: a stop while the past is still being read must be clean too.
  const asked = untilAskedToStop();
  const lines = openLines(config, { clock: systemClock(), log });
  const live: { platforms: ReadonlySet<string> } = { platforms: new Set() };
  function livePlatforms(): ReadonlySet<string> {
    return live.platforms;
  }
  const around = { config, dataDir, catalog: loadCatalog(), lines, log, livePlatforms };
  const storage = await openStorage({
    dataDir,
    store: config.store,
    archiveMegabytes: config.archive.budgetMegabytes,
    isPatient: true,
    clock: systemClock(),
    log,
  });
  try {
    await runUntilAsked(around, place, storage, parts, asked, (platforms) => {
      live.platforms = platforms;
    });
  } finally {
    await storage.close();
    await lines.close();
  }
}

async function runUntilAsked(
  around: Surroundings,
  place: MonitorPlace,
  storage: Storage,
  parts: ConfiguredParts,
  asked: Promise<string>,
  onLive: (platforms: ReadonlySet<string>) => void,
): Promise<void> {
  const { config, log } = around;
  let desk: AlertDesk | null = null;
  let stopSweep: (() => Promise<void>) | null = null;
  let watching: Watching | null = null;
  let running: Monitor | null = null;
  const sources = sourcesOf(config.sources, {
    ...around,
    store: storage.store,
    mayAsk: () => running?.isDetecting() ?? false,
    publicUrl: publicUrlOf(config).publicUrl,
  });
  const options = monitorOptions(around, place, storage, parts, { poke: () => desk?.poke(), sources });
  const monitor = await startMonitor({
    ...options,
    watched: () => watching?.notices() ?? [],
  });
  running = monitor;
  try {
    if (config.alerts !== null)
      desk = await startAlerts(
        { ...around, clock: options.clock, alerts: config.alerts },
        storage.store,
        () => monitor.isDetecting(),
      );
    sources.start();
    stopSweep = await sweepBeside(around, storage);
    const shared = storage.collectors === null ? null : storage.store;
    watching = await startWatching(config.watchers, { ...around, shared }, monitor, onLive);
    parts.started(monitor);
    const signal = await asked;
    log.info({ signal }, 'Stopping: running probes end, what is measured is kept.');
  } finally {
    await stopSweep?.();
    await watching?.stop();
    await sources.stop();
    await monitor.stop();
    await desk?.stop();
  }
}
