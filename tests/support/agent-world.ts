/** An agent with everything around it in memory: clock, ticker, spool, ledger. */
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { startAgent } from '../../src/agent/agent.ts';
import type { AgentOptions } from '../../src/agent/options.ts';
import type { Spool, SpoolEntry } from '../../src/agent/spool.ts';
import { openTrafficBudget } from '../../src/agent/traffic-budget.ts';
import type { Ledger } from '../../src/agent/traffic-budget.ts';
import { listeningLog, plan, ringsReport, target, VANTAGE, webReport } from './agent-records.ts';
import { HandTicker } from './hand-ticker.ts';
import { ManualClock } from './manual-clock.ts';

/** The crons of `plan()`. */
export const LIGHT = '* * * * *';
export const FULL = '*/15 * * * *';
export const RINGS = '* * * * * *';

/** A spool in memory; durable only as long as the test. */
function memorySpool(): Spool & { readonly kept: OwnMeasurement[] } {
  const kept: OwnMeasurement[] = [];
  let acknowledged = 0;
  return {
    kept,
    append: async (measurement) => kept.push(measurement),
    peek: async (limit) =>
      kept
        .map((measurement, n): SpoolEntry => ({ sequence: n + 1, measurement }))
        .slice(acknowledged, acknowledged + limit),
    acknowledge: async (sequence) => {
      acknowledged = Math.max(acknowledged, sequence);
    },
    waitForEntries: async (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
    depth: () => kept.length - acknowledged,
    dropped: () => ({ bodies: 0, measurements: 0 }),
    close: async () => undefined,
  };
}

export async function world(
  changes: Partial<AgentOptions> = {},
  limitBytes = 1e9,
  kept: Ledger | null = null,
) {
  const clock = new ManualClock();
  const ticker = new HandTicker();
  const spool = memorySpool();
  const log = listeningLog();
  const ledger: { kept: Ledger | null } = { kept };
  const budget = await openTrafficBudget({
    limitBytes,
    fullBodyBytes: 100_000,
    nowMs: () => clock.nowMs(),
    log,
    file: {
      read: async () => ledger.kept,
      write: async (written) => {
        ledger.kept = written;
      },
    },
  });
  const agent = startAgent({
    vantage: VANTAGE,
    plan: plan(),
    targets: [target('a.test')],
    runTarget: async () => webReport(),
    runRings: async () => ringsReport(null),
    connectivityOf: (checks) => (checks.every(({ failure }) => failure === null) ? 'online' : 'offline'),
    spool,
    uplink: { deliver: async () => undefined },
    budget,
    ticker,
    clock,
    log,
    random: () => 0.5,
    softwareVersion: '0.0.0',
    heartbeatIntervalMs: 60_000,
    startAtOnce: false,
    ...changes,
  });
  function web() {
    return spool.kept.filter(({ x_aiqyn_target }) => x_aiqyn_target.probe === 'web');
  }
  return { agent, clock, ticker, spool, log, ledger, web };
}

/** Depth, re-test and connectivity of a measurement. */
export function shape({ x_aiqyn_target, x_aiqyn_retest, x_aiqyn_connectivity }: OwnMeasurement): string {
  return `${x_aiqyn_target.depth} ${x_aiqyn_retest ?? 0} ${x_aiqyn_connectivity ?? '-'}`;
}
