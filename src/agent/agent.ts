/**
 * The agent of one vantage: rounds by the plan's times, probes bounded in number, every record through the spool.
 * It loads no store, no web page and no chart, so that it fits a small machine.
 */
import { setMaxListeners } from 'node:events';
import type { TargetTag } from '../../probes/measurement.ts';
import type { Rate } from '../../probes/plan.ts';
import type { Connectivity } from '../../probes/words.ts';
import type { Agent, AgentOptions, AgentStatus, RoundKind } from './options.ts';
import { ROUND_KINDS } from './options.ts';
import { ELSEWHERE } from '../../probes/words.ts';
import { CloseWatch } from './close-watch.ts';
import { shareOf, shuffled } from './order.ts';
import { Recorder } from './recorder.ts';
import { createRingsKeeper } from './rings-keeper.ts';
import type { RingsKeeper } from './rings-keeper.ts';
import type { VantageState } from './spool.ts';
import { TargetRunner } from './target-runner.ts';
import { startUplinkLoop } from './uplink-loop.ts';
import type { UplinkLoop } from './uplink-loop.ts';

/** The targets of a round start within this share of the time between two rounds, at most SPREAD_MS_MAX. */
const SPREAD_SHARE = 0.25;
const SPREAD_MS_MAX = 300_000;
const RINGS_TARGET: TargetTag = { id: 'rings', platform: 'control', probe: 'rings', depth: 'light' };

/** Begun at the start rather than at their first tick. */
const FIRST_ROUNDS: ReadonlySet<RoundKind> = new Set(['rings', 'light']);

/** Begins measuring at once. Throws ConfigError when the plan's times cannot be read. */
export function startAgent(options: AgentOptions): Agent {
  const agent = new Scheduler(options);
  agent.start();
  return agent;
}

/** What is known of the rounds of one kind. */
interface Rounds {
  readonly kind: RoundKind;
  readonly cron: string;
  readonly underWay: Set<Promise<void>>;
  /** UTC epoch milliseconds; null until the first. */
  lastAtMs: number | null;
  skipped: number;
  /** Monotonic; null until the first tick. */
  tickedMs: number | null;
}

/** A kind whose schedule the plan does not have is not run. */
function roundsOf(plan: AgentOptions['plan']): Rounds[] {
  return ROUND_KINDS.flatMap((kind) => {
    const cron = plan[kind]?.cron;
    if (cron === undefined) return [];
    return [{ kind, cron, underWay: new Set<Promise<void>>(), lastAtMs: null, skipped: 0, tickedMs: null }];
  });
}

class Scheduler implements Agent {
  readonly #options: AgentOptions;
  readonly #stopping = new AbortController();
  readonly #recorder: Recorder;
  readonly #rings: RingsKeeper;
  readonly #runner: TargetRunner;
  readonly #rounds: readonly Rounds[];
  readonly #closeWatch: CloseWatch;
  #lightRounds = 0;
  #schedules: { stop(): void }[] = [];
  #uplink: UplinkLoop | null = null;
  #stopped: Promise<void> | null = null;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#rounds = roundsOf(options.plan);
    const { signal } = this.#stopping;
    // One listener per run under way and per target that waits for its turn: bounded by the plan, not by ten.
    setMaxListeners(0, signal);
    this.#recorder = new Recorder({ ...options, signal });
    this.#rings = createRingsKeeper({ clock: options.clock, runOnce: async () => this.#ringsOnce() });
    this.#runner = new TargetRunner({ ...options, recorder: this.#recorder, rings: this.#rings, signal });
    this.#closeWatch = new CloseWatch({
      targets: options.targets,
      clock: options.clock,
      mayAdd: () => options.budget.status().step === 'all',
      check: async (target) => this.#runner.check(target, 'light', options.clock.nowMs()),
      signal,
    });
  }

  start(): void {
    const { ticker, startAtOnce = true } = this.#options;
    this.#schedules = this.#rounds.map((rounds) =>
      ticker.schedule(rounds.cron, () => {
        this.#tick(rounds);
      }),
    );
    this.#uplink = startUplinkLoop({ ...this.#options, state: () => this.#state() });
    if (!startAtOnce) return;
    for (const rounds of this.#rounds) if (FIRST_ROUNDS.has(rounds.kind)) this.#begin(rounds, 0);
  }

  watchClosely(platforms: ReadonlySet<string>): void {
    this.#closeWatch.set(platforms);
  }

  status(): AgentStatus {
    const { vantage, budget, spool } = this.#options;
    return {
      vantage,
      connectivity: this.#own('offline'),
      otherNetwork: this.#options.otherNetwork?.() ?? null,
      lastRoundAtMs: Object.fromEntries(this.#rounds.map(({ kind, lastAtMs }) => [kind, lastAtMs])),
      budget: budget.status(),
      spoolDepth: spool.depth(),
      dropped: { ...spool.dropped(), unspooled: this.#recorder.unspooled },
      skippedRounds: Object.fromEntries(this.#rounds.map(({ kind, skipped }) => [kind, skipped])),
      aborted: { ...this.#recorder.aborted },
    };
  }

  async stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    for (const schedule of this.#schedules) schedule.stop();
    this.#stopping.abort();
    await Promise.all(this.#rounds.flatMap(({ underWay }) => [...underWay]));
    await this.#closeWatch.ended();
    await this.#uplink?.stop();
  }

  #tick(rounds: Rounds): void {
    const nowMs = this.#options.clock.monotonicMs();
    const gapMs = nowMs - (rounds.tickedMs ?? nowMs);
    rounds.tickedMs = nowMs;
    this.#begin(rounds, Math.min(gapMs * SPREAD_SHARE, SPREAD_MS_MAX));
  }

  #begin(rounds: Rounds, spreadMs: number): void {
    const { kind, underWay } = rounds;
    if (this.#stopping.signal.aborted) return;
    // Light rounds may meet: while one target is looked at again, the others still have their turn.
    if (kind !== 'light' && underWay.size > 0) {
      this.#leftOut(rounds);
      return;
    }
    const round = this.#round(rounds, spreadMs)
      .catch((error: unknown) => {
        this.#options.log.error({ kind, error: String(error) }, 'A round broke off.');
      })
      .finally(() => underWay.delete(round));
    underWay.add(round);
  }

  #leftOut(rounds: Rounds): void {
    rounds.skipped += 1;
    const fields = { kind: rounds.kind, skipped: rounds.skipped };
    this.#options.log.info(fields, 'A round was left out: the one before is still under way.');
  }

  async #round(rounds: Rounds, spreadMs: number): Promise<void> {
    const { clock, plan, vantage } = this.#options;
    const { signal } = this.#stopping;
    // The first round of all starts without it: somebody waits for the page.
    const isFirst = rounds.tickedMs === null;
    if (!isFirst) await clock.sleep(shareOf(vantage.id) * plan.jitterSeconds * 1_000, signal);
    if (signal.aborted) return;
    rounds.lastAtMs = clock.nowMs();
    if (rounds.kind === 'rings') await this.#rings.run();
    else await this.#targetRound(rounds, rounds.kind, spreadMs);
  }

  async #targetRound(rounds: Rounds, rate: Rate, spreadMs: number): Promise<void> {
    const { budget, clock, vantage } = this.#options;
    const { signal } = this.#stopping;
    if (rate === 'light') {
      this.#lightRounds += 1;
      if (!budget.allowsLightRound(this.#lightRounds)) return;
    }
    const kind = rate === 'light' || rate === 'full' ? 'web' : rate;
    const targets = this.#options.targets.filter(({ probe }) => probe === kind);
    const startedAtMs = clock.nowMs();
    const stepMs = spreadMs / Math.max(1, targets.length);
    const checks = shuffled(targets, vantage.id).map(async (target, n) => {
      if (stepMs > 0) await clock.sleep(n * stepMs, signal);
      return signal.aborted ? 'ended' : this.#runner.check(target, rate, startedAtMs);
    });
    const ends = await Promise.all(checks);
    if (ends.length > 0 && ends.every((end) => end === 'left_out')) this.#leftOut(rounds);
  }

  async #ringsOnce(): Promise<Connectivity | null> {
    const { runRings, connectivityOf, budget, clock } = this.#options;
    if (this.#stopping.signal.aborted) return null;
    const run = {
      target: RINGS_TARGET,
      input: null,
      roundStartedAtMs: clock.nowMs(),
      retest: 0,
      probe: runRings,
    };
    const ran = await this.#recorder.run(run);
    if (ran.report !== null)
      await budget.spend(ran.report.traffic.sentBytes + ran.report.traffic.receivedBytes);
    if (ran.abort === 'shutdown') return null;
    const isSound = ran.abort === null && ran.report !== null;
    const connectivity = isSound ? connectivityOf(ran.report.testKeys.x_aiqyn_ring_checks) : null;
    await this.#recorder.keep(run, ran, connectivity);
    return connectivity;
  }

  /** How far its own network gets; `whenAway` where the line's device is not even there, which says nothing of any network. */
  #own<Word extends string>(whenAway: Word): Connectivity | Word | null {
    return this.#options.isLineAway?.() === true ? whenAway : this.#rings.latest();
  }

  #state(): VantageState {
    const { vantage, clock, spool, otherNetwork, isProxied = false } = this.#options;
    return {
      vantage,
      atMs: clock.nowMs(),
      connectivity: (otherNetwork?.() ?? null) === null ? (this.#own('unknown') ?? 'unknown') : ELSEWHERE,
      spoolDepth: spool.depth(),
      clockOffsetMs: 0,
      ...(isProxied ? { hasNoHeartbeat: true } : {}),
    };
  }
}
