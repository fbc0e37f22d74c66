/** `aiqyn run`: the monitor on one machine. */
import { randomInt } from 'node:crypto';
import { systemClock } from '../../../probes/net/clock.ts';
import { createCronTicker } from '../../agent/cron-ticker.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config, Environment } from '../../config/config.ts';
import type { Catalog } from '../../../probes/catalog.ts';
import type { Log } from '../../log.ts';
import { controlOf } from '../control-of.ts';
import { logChanges } from '../incident-log.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { createLogger } from '../logger.ts';
import { startMonitor } from '../monitor.ts';
import type { MonitorOptions } from '../monitor.ts';
import { networkOf } from '../network-of.ts';
import { untilAskedToStop } from '../signals.ts';
import { openStorage } from '../storage.ts';
import type { Storage } from '../storage.ts';
import type { MonitoredVantage } from '../vantage-agent.ts';
import { watchControl } from '../watched-control.ts';
import type { WatchedControl } from '../watched-control.ts';

const WINDOW_MS = 60_000;
/** A light check that began at a window's end has reported by then; what comes later re-folds. */
const GRACE_MS = 15_000;
const POLL_MS = 2_000;
const HEARTBEAT_MS = 60_000;

export interface RunOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly port?: number;
  readonly host?: string;
}

function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

function vantagesOf(config: Config, catalog: Catalog, control: WatchedControl, log: Log): MonitoredVantage[] {
  const ticker = createCronTicker({ log });
  return config.vantages.map((vantage) => {
    const plan = loadPlan(vantage.plan ?? config.plan);
    const { id, operator, place, access } = vantage;
    return {
      vantage: { id, operator, place, access },
      plan,
      targets: plannedTargets(plan, catalog),
      network: networkOf(config, vantage),
      control: control.client,
      ringChecks: catalog.rings,
      ticker,
      uplinkThrough: (uplink) => uplink,
    };
  });
}

function monitorOptions(
  config: Config,
  dataDir: string,
  options: RunOptions,
  storage: Storage,
  log: Log,
): MonitorOptions {
  const catalog = loadCatalog();
  const clock = systemClock();
  const control = watchControl(controlOf(config, clock));
  return {
    dataDir,
    storage,
    catalog,
    clock,
    log,
    vantages: vantagesOf(config, catalog, control, log),
    controlStates: () => [control.state()],
    detector: {
      ...config.detector,
      cadenceSeconds: WINDOW_MS / 1_000,
      heartbeatSeconds: HEARTBEAT_MS / 1_000,
    },
    windowMs: WINDOW_MS,
    graceMs: GRACE_MS,
    pollMs: POLL_MS,
    heartbeatIntervalMs: HEARTBEAT_MS,
    scale: 1,
    spoolMegabytes: config.spool.budgetMegabytes,
    keepBodies: config.archive.keepBodies,
    random,
    http: { host: options.host ?? config.http.host, port: options.port ?? config.http.port },
    onChange: logChanges(log),
  };
}

export async function runCommand(options: RunOptions, io: Io, env: Environment): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  const log = createLogger(env['AIQYN_LOG_LEVEL'] ?? config.log.level, process.stderr.isTTY);
  const dataDir = options.dataDir ?? config.dataDir;
  // From the first moment: a stop while the past is still being read must be clean too.
  const asked = untilAskedToStop();
  const storage = await openStorage({
    dataDir,
    store: config.store,
    archiveMegabytes: config.archive.budgetMegabytes,
    isPatient: true,
    clock: systemClock(),
    log,
  });
  try {
    const monitor = await startMonitor(monitorOptions(config, dataDir, options, storage, log));
    writeLine(io.stdout, `Aiqyn is measuring. The page is at ${monitor.url}`);
    const signal = await asked;
    log.info({ signal }, 'Stopping: running probes end, what is measured is kept.');
    await monitor.stop();
  } finally {
    await storage.close();
  }
  return EXIT.done;
}
