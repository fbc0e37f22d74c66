/** One vantage of a monitor: its spool on disk and its agent, bound to its network and control. */
import { join } from 'node:path';
import type { Catalog } from '../../probes/catalog.ts';
import type { VantageTag } from '../../probes/measurement.ts';
import type { Network } from '../../probes/network.ts';
import type { Plan, PlannedTarget } from '../../probes/plan.ts';
import type { Clock, ControlClient } from '../../probes/probe.ts';
import { probeRings } from '../../probes/rings/probe.ts';
import type { RingTarget } from '../../probes/rings/target.ts';
import { compileBlockpages } from '../../probes/web/blockpage.ts';
import { startAgent } from '../agent/agent.ts';
import { openFileSpool } from '../agent/file-spool.ts';
import { followPaths } from '../agent/path-follower.ts';
import type { PathFollowerOptions } from '../agent/path-follower.ts';
import type { Agent } from '../agent/options.ts';
import type { Uplink } from '../agent/spool.ts';
import type { Whereabouts } from '../agent/whereabouts.ts';
import type { Ticker } from '../agent/ticker.ts';
import { createLedgerFile, openTrafficBudget } from '../agent/traffic-budget.ts';
import { connectivityOf } from '../analysis/verdict/connectivity.ts';
import type { Log } from '../log.ts';
import { createProbeRunner } from './probe-runner.ts';
import { withoutUnavailable } from './quic-library.ts';
import { packageVersion } from './version.ts';

const MEGABYTE = 1_048_576;
/** Allowances are sold in millions of bytes of packets, of which a process sees so much: `npm run bench -- round`. */
const COUNTED_BYTES_PER_MEGABYTE = 830_000;

/** What makes one vantage different from another. */
export interface MonitoredVantage {
  readonly vantage: VantageTag;
  readonly plan: Plan;
  readonly targets: readonly PlannedTarget[];
  readonly network: Network;
  readonly control: ControlClient | null;
  readonly ringChecks: readonly RingTarget[];
  readonly ticker: Ticker;
  /** Absent: packets are not followed. */
  readonly paths?: PathFollowerOptions;
  /** Whether the line's device is gone from this machine; absent: never. */
  readonly isLineAway?: () => boolean;
  /** Absent where nobody could tell. */
  readonly whereabouts?: Whereabouts;
  /** Stands between the agent and ingest; the demo's censor cuts it there. */
  readonly uplinkThrough: (uplink: Uplink) => Uplink;
}

export interface VantageSettings {
  readonly dataDir: string;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly uplink: Uplink;
  readonly spoolMegabytes: number;
  readonly keepBodies: boolean;
  /** Wall milliseconds. */
  readonly heartbeatIntervalMs: number;
  readonly gatherMs?: number;
  /** Scenario milliseconds per real one; 1 outside of the demo. */
  readonly scale: number;
  readonly retestWindowMs?: number;
  /** See src/agent/pulse.ts; one for all vantages of a process. */
  readonly stalledMs: (sinceMs: number) => number;
  readonly random: () => number;
}

export interface RunningVantage {
  readonly agent: Agent;
  stop(): Promise<void>;
}

export async function startVantage(
  own: MonitoredVantage,
  settings: VantageSettings,
): Promise<RunningVantage> {
  const { vantage, plan, network, control, ticker, whereabouts } = own;
  const { catalog, clock, log, keepBodies, retestWindowMs, gatherMs } = settings;
  const dir = join(settings.dataDir, 'spool', vantage.id);
  const spool = await openFileSpool({ dir, budgetBytes: settings.spoolMegabytes * MEGABYTE, log });
  const budget = await openTrafficBudget({
    limitBytes: plan.dailyBudgetMegabytes * COUNTED_BYTES_PER_MEGABYTE,
    fullBodyBytes: plan.full.bodyBytesMax,
    file: createLedgerFile(dir, log),
    nowMs: () => clock.nowMs(),
    log,
  });
  const harmlessNames = catalog.harmlessNames.map(({ name }) => name);
  const blockpages = compileBlockpages(catalog.blockpages);
  const runTarget = createProbeRunner({
    clock,
    network,
    control,
    harmlessNames,
    blockpages,
    keepBodies,
    bodyBytesMax: plan.full.bodyBytesMax,
  });
  const agent = startAgent({
    vantage,
    plan,
    targets: await withoutUnavailable(own.targets, log),
    runTarget: own.paths === undefined ? runTarget : followPaths(runTarget, own.paths),
    runRings: async (signal) => lookAround(own, clock, signal),
    ...(own.isLineAway === undefined ? {} : { isLineAway: own.isLineAway }),
    ...(whereabouts === undefined ? {} : { otherNetwork: () => whereabouts.otherNetwork() }),
    connectivityOf,
    spool,
    uplink: own.uplinkThrough(settings.uplink),
    budget,
    ticker,
    clock,
    log,
    random: settings.random,
    softwareVersion: packageVersion(),
    heartbeatIntervalMs: settings.heartbeatIntervalMs,
    scale: settings.scale,
    stalledMs: settings.stalledMs,
    isProxied: network.isProxied === true,
    ...(gatherMs === undefined ? {} : { gatherMs }),
    ...(retestWindowMs === undefined ? {} : { retestWindowMs }),
  });
  return {
    agent,
    async stop() {
      await agent.stop();
      await spool.close();
    },
  };
}

/** The rings, and beside them whether the vantage is where it is declared to be. */
async function lookAround(
  { whereabouts, ringChecks, plan, network, isLineAway }: MonitoredVantage,
  clock: Clock,
  signal: AbortSignal,
) {
  void whereabouts?.look(signal);
  const task = { checks: ringChecks, gateway: true, timeoutMs: plan.rings.timeoutMs };
  const report = await probeRings(task, { clock, network, signal });
  // A modem that was pulled out is no network that was cut.
  return isLineAway?.() === true ? { ...report, abort: report.abort ?? ('line_away' as const) } : report;
}
