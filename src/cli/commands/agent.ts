/** `aiqyn agent`: measures from this machine's lines and sends to a collector; its spools wait where none answers. */
import { join } from 'node:path';
import { makeDataFolder } from '../data-folder.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import { openChainFile } from '../../agent/chain-file.ts';
import { startPulse } from '../../agent/pulse.ts';
import { createRemoteUplink } from '../../agent/remote-uplink.ts';
import type { Uplink } from '../../agent/spool.ts';
import { lockDirectory } from '../../archive/directory-lock.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment, FleetConfig } from '../../config/config.ts';
import { EnvironmentError } from '../../errors.ts';
import { withFields } from '../../log.ts';
import { readIdentity } from '../../fleet/identity.ts';
import { HEARTBEAT_MS } from '../heartbeat.ts';
import type { Surroundings } from '../configured-monitor.ts';
import { refuseProxies, vantagesOf } from '../configured-vantages.ts';
import { fleetOf, keyPath } from '../fleet-of.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { openLines } from '../lines.ts';
import { createLogger } from '../logger.ts';
import { untilAskedToStop } from '../signals.ts';
import { systemRandom } from '../system-random.ts';
import { startVantage } from '../vantage-agent.ts';
import type { MonitoredVantage, RunningVantage } from '../vantage-agent.ts';

/** Batches come full rather than often; backfill goes at most BATCH_ENTRIES_MAX records in this time. */
const GATHER_MS = 5_000;
const FIRST_LOOK_MS = 3_000;

export interface AgentCommandOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

interface Sending {
  readonly fleet: FleetConfig;
  readonly signal: AbortSignal;
  /** What the collector wants looked at closely, by the vantage's id. */
  readonly onWatch: (id: string, platforms: ReadonlySet<string>) => void;
}

async function uplinkOf(
  id: string,
  { dataDir, log, lines }: Pick<Surroundings, 'dataDir' | 'log' | 'lines'>,
  { fleet, signal, onWatch }: Sending,
): Promise<Uplink> {
  const path = keyPath(dataDir, id);
  const identity = await readIdentity(path);
  if (identity === null) {
    throw new EnvironmentError(
      'NOT_ENROLLED',
      `${id} has no key (${path}); get a token from the collector's operator and run: aiqyn enroll join ${id}`,
    );
  }
  const chain = await openChainFile(join(dataDir, 'spool', id), identity.keyId, log);
  const { send, elsewhere } = lines.of(id);
  return createRemoteUplink({
    collectors: fleet.collectors,
    identity,
    chain,
    send,
    elsewhere,
    clock: systemClock(),
    log: withFields(log, { vantage: id }),
    signal,
    onWatch: (platforms) => {
      onWatch(id, platforms);
    },
  });
}

async function startOne(
  own: MonitoredVantage,
  uplink: Uplink,
  around: Omit<Surroundings, 'livePlatforms'>,
  stalledMs: (sinceMs: number) => number,
): Promise<RunningVantage> {
  const { config, dataDir, catalog, log } = around;
  return startVantage(own, {
    dataDir,
    catalog,
    clock: systemClock(),
    log,
    uplink,
    spoolMegabytes: config.spool.budgetMegabytes,
    keepBodies: config.archive.keepBodies,
    heartbeatIntervalMs: HEARTBEAT_MS,
    gatherMs: GATHER_MS,
    scale: 1,
    stalledMs,
    random: systemRandom,
  });
}

/** Before the first round: what a VPN carries must not be counted for an operator. Not longer: without a collector nobody answers. */
async function lookAround(vantages: readonly MonitoredVantage[]): Promise<void> {
  const enough = AbortSignal.timeout(FIRST_LOOK_MS);
  await Promise.all(vantages.map(async ({ whereabouts }) => whereabouts?.look(enough)));
}

export async function agentCommand(options: AgentCommandOptions, io: Io, env: Environment): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  refuseProxies(config);
  const fleet = fleetOf(config);
  const log = createLogger(env['AIQYN_LOG_LEVEL'] ?? config.log.level, process.stderr.isTTY);
  const dataDir = options.dataDir ?? config.dataDir;
  const asked = untilAskedToStop();
  const lines = openLines(config, { clock: systemClock(), log });
  const around = { config, dataDir, catalog: loadCatalog(), lines, log };
  const leaving = new AbortController();
  const pulse = startPulse(systemClock());
  const running: RunningVantage[] = [];
  function onWatch(id: string, platforms: ReadonlySet<string>): void {
    running.find(({ agent }) => agent.status().vantage.id === id)?.agent.watchClosely(platforms);
  }
  await makeDataFolder(join(dataDir, 'spool'), 0o700);
  const lock = await lockDirectory(join(dataDir, 'spool'), 'SPOOL_LOCKED');
  try {
    const vantages = vantagesOf(around);
    const uplinks = new Map<string, Uplink>();
    // All keys first: a vantage without one must not be found out after the others began.
    for (const { vantage } of vantages)
      uplinks.set(vantage.id, await uplinkOf(vantage.id, around, { fleet, signal: leaving.signal, onWatch }));
    await lookAround(vantages);
    for (const own of vantages) {
      const uplink = uplinks.get(own.vantage.id);
      if (uplink !== undefined)
        running.push(await startOne(own, uplink, around, (sinceMs) => pulse.stalledMs(sinceMs)));
    }
    writeLine(
      io.stdout,
      `Aiqyn measures from ${running.length} line(s) and sends to ${fleet.collectors.join(', ')}`,
    );
    const signal = await asked;
    log.info({ signal }, 'Stopping: running probes end, what is measured is kept.');
  } finally {
    await Promise.all(running.map(async (vantage) => vantage.stop()));
    leaving.abort();
    pulse.stop();
    await lines.close();
    await lock.release();
  }
  return EXIT.done;
}
