/** What an agent is made of and what it says of itself. */
import { SCHEDULED_KINDS } from '../../probes/kinds.ts';
import type { RingsTestKeys, VantageTag } from '../../probes/measurement.ts';
import type { Plan, PlannedTarget, Rate } from '../../probes/plan.ts';
import type { Clock, ProbeReport } from '../../probes/probe.ts';
import type { Connectivity, Depth } from '../../probes/words.ts';
import type { Log } from '../log.ts';
import type { Spool, Uplink } from './spool.ts';
import type { Ticker } from './ticker.ts';
import type { BudgetStatus, TrafficBudget } from './traffic-budget.ts';

export const ROUND_KINDS = ['light', 'full', 'rings', ...SCHEDULED_KINDS] as const;
export type RoundKind = Rate | 'rings';

/** Test keys of any probe kind; what they hold is told by the target's kind. */
export type TestKeys = Readonly<Record<string, unknown>>;

/** One run that is asked of whoever has the probes. */
export interface TargetRun {
  readonly target: PlannedTarget;
  /** Only `web` has a light one. */
  readonly depth: Depth;
  readonly timeoutMs: number;
}

export interface AgentOptions {
  readonly vantage: VantageTag;
  readonly plan: Plan;
  readonly targets: readonly PlannedTarget[];
  /** The probe of the target's kind, bound to this vantage's network. */
  readonly runTarget: (run: TargetRun, signal: AbortSignal) => Promise<ProbeReport<TestKeys>>;
  /** `probeRings` bound to this vantage's network, the catalogue's checks and the plan's timeout. */
  readonly runRings: (signal: AbortSignal) => Promise<ProbeReport<RingsTestKeys>>;
  /** From analysis/verdict; null where the checks do not tell. */
  readonly connectivityOf: (checks: RingsTestKeys['x_aiqyn_ring_checks']) => Connectivity | null;
  readonly spool: Spool;
  readonly uplink: Uplink;
  readonly budget: TrafficBudget;
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1; only spreads retries of the uplink. */
  readonly random: () => number;
  readonly softwareVersion: string;
  /** Wall milliseconds, as `clock.sleep` takes them. */
  readonly heartbeatIntervalMs: number;
  /** Between two batches; see uplink-loop.ts. */
  readonly gatherMs?: number;
  /** How many milliseconds of `clock.nowMs()` pass in one of `clock.monotonicMs()`: 1, or the demo's speed. */
  readonly scale?: number;
  /** The three tries after a change of status end within this; default RETEST_WINDOW_MS. */
  readonly retestWindowMs?: number;
  /** Milliseconds since then (monotonic) in which this process was kept from running; default: never. See pulse.ts. */
  readonly stalledMs?: (sinceMs: number) => number;
  /** The network (`AS13335`) that the vantage is in where that is not its own; default: not known. See whereabouts.ts. */
  readonly otherNetwork?: () => string | null;
  /** Connections leave through a proxy: it may break by itself, so nothing is said of how the line lives. */
  readonly isProxied?: boolean;
  /** Whether the line's device is gone from this machine (a modem was pulled out): no sign of a cut; default: never. */
  readonly isLineAway?: () => boolean;
  /** Begin a round of rings and light checks at once rather than at the first tick; default true. */
  readonly startAtOnce?: boolean;
}

export interface AgentStatus {
  readonly vantage: VantageTag;
  /** Null until the rings were run. */
  readonly connectivity: Connectivity | null;
  /** The network it is in where that is not its own: what it measures counts for nobody. */
  readonly otherNetwork?: string | null;
  /** UTC epoch milliseconds of each kind's last begun round. */
  readonly lastRoundAtMs: Readonly<Partial<Record<RoundKind, number | null>>>;
  readonly budget: BudgetStatus;
  readonly spoolDepth: number;
  /** `unspooled`: measurements that the disk refused. */
  readonly dropped: { readonly bodies: number; readonly measurements: number; readonly unspooled: number };
  /** Rounds left out because the one before was still under way. */
  readonly skippedRounds: Readonly<Partial<Record<RoundKind, number>>>;
  /** Runs that ended through our own fault. */
  readonly aborted: {
    readonly shutdown: number;
    readonly probe_bug: number;
    readonly clock_jump: number;
    readonly overload: number;
    readonly line_away: number;
  };
}

export interface Agent {
  status(): AgentStatus;
  /** Light checks of these platforms' pages twice as often as a minute, until told otherwise; an empty set ends it. */
  watchClosely(platforms: ReadonlySet<string>): void;
  /** Aborts running probes, keeps what is finished, sends what the collector takes within seconds. Safe to call twice. */
  stop(): Promise<void>;
}
