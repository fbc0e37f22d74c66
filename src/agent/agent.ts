/**
 * The agent of one vantage: rounds by the plan's times, probes bounded in number, every record through the spool.
 * It loads no store, no web page and no chart, so that it fits a small machine.
 */
import { setMaxListeners } from 'node:events';
import type { TargetTag } from '../../probes/measurement.ts';
import type { Connectivity, Depth } from '../../probes/words.ts';
import type { Agent, AgentOptions, AgentStatus, RoundKind } from './options.ts';
import { ROUND_KINDS } from './options.ts';
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

/** Begins measuring at once. Throws ConfigError when the plan's times cannot be read. */
export function startAgent(options: AgentOptions): Agent {
  const agent = new Scheduler(options);
  agent.start();
  return agent;
}

class Scheduler implements Agent {
  readonly #options: AgentOptions;
  readonly #stopping = new AbortController();
  readonly #recorder: Recorder;
  readonly #rings: RingsKeeper;
  readonly #runner: TargetRunner;
  readonly #underWay: Record<RoundKind, Set<Promise<void>>> = {
    light: new Set(),
    full: new Set(),
    rings: new Set(),
  };
  readonly #lastRoundAtMs: Record<RoundKind, number | null> = { light: null, full: null, rings: null };
  readonly #skippedRounds: Record<RoundKind, number> = { light: 0, full: 0, rings: 0 };
  readonly #tickedMs: Record<RoundKind, number | null> = { light: null, full: null, rings: null };
  #lightRounds = 0;
  #schedules: { stop(): void }[] = [];
  #uplink: UplinkLoop | null = null;
  #stopped: Promise<void> | null = null;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { signal } = this.#stopping;
    // One listener per run under way and per target that waits for its turn: bounded by the plan, not by ten.
    setMaxListeners(0, signal);
    this.#recorder = new Recorder({ ...options, signal });
    this.#rings = createRingsKeeper({ clock: options.clock, runOnce: async () => this.#ringsOnce() });
    this.#runner = new TargetRunner({ ...options, recorder: this.#recorder, rings: this.#rings, signal });
  }

  start(): void {
    const { plan, ticker, startAtOnce = true } = this.#options;
    this.#schedules = ROUND_KINDS.map((kind) =>
      ticker.schedule(plan[kind].cron, () => {
        this.#tick(kind);
      }),
    );
    this.#uplink = startUplinkLoop({ ...this.#options, state: () => this.#state() });
    if (!startAtOnce) return;
    this.#begin('rings', 0);
    this.#begin('light', 0);
  }

  status(): AgentStatus {
    const { vantage, budget, spool } = this.#options;
    return {
      vantage,
      connectivity: this.#rings.latest(),
      lastRoundAtMs: { ...this.#lastRoundAtMs },
      budget: budget.status(),
      spoolDepth: spool.depth(),
      dropped: { ...spool.dropped(), unspooled: this.#recorder.unspooled },
      skippedRounds: { ...this.#skippedRounds },
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
    await Promise.all(ROUND_KINDS.flatMap((kind) => [...this.#underWay[kind]]));
    await this.#uplink?.stop();
  }

  #tick(kind: RoundKind): void {
    const nowMs = this.#options.clock.monotonicMs();
    const gapMs = nowMs - (this.#tickedMs[kind] ?? nowMs);
    this.#tickedMs[kind] = nowMs;
    this.#begin(kind, Math.min(gapMs * SPREAD_SHARE, SPREAD_MS_MAX));
  }

  #begin(kind: RoundKind, spreadMs: number): void {
    if (this.#stopping.signal.aborted) return;
    // Light rounds may meet: while one target is looked at again, the others still have their turn.
    if (kind !== 'light' && this.#underWay[kind].size > 0) {
      this.#leftOut(kind);
      return;
    }
    const round = this.#round(kind, spreadMs)
      .catch((error: unknown) => {
        this.#options.log.error({ kind, error: String(error) }, 'A round broke off.');
      })
      .finally(() => this.#underWay[kind].delete(round));
    this.#underWay[kind].add(round);
  }

  #leftOut(kind: RoundKind): void {
    this.#skippedRounds[kind] += 1;
    const fields = { kind, skipped: this.#skippedRounds[kind] };
    this.#options.log.info(fields, 'A round was left out: the one before is still under way.');
  }

  async #round(kind: RoundKind, spreadMs: number): Promise<void> {
    const { clock, plan, vantage } = this.#options;
    const { signal } = this.#stopping;
    // The first round of all starts without it: somebody waits for the page.
    const isFirst = this.#tickedMs[kind] === null;
    if (!isFirst) await clock.sleep(shareOf(vantage.id) * plan.jitterSeconds * 1_000, signal);
    if (signal.aborted) return;
    this.#lastRoundAtMs[kind] = clock.nowMs();
    if (kind === 'rings') await this.#rings.run();
    else await this.#webRound(kind, spreadMs);
  }

  async #webRound(depth: Depth, spreadMs: number): Promise<void> {
    const { budget, clock, targets, vantage } = this.#options;
    const { signal } = this.#stopping;
    if (depth === 'light') {
      this.#lightRounds += 1;
      if (!budget.allowsLightRound(this.#lightRounds)) return;
    }
    const startedAtMs = clock.nowMs();
    const stepMs = spreadMs / Math.max(1, targets.length);
    const checks = shuffled(targets, vantage.id).map(async (target, n) => {
      if (stepMs > 0) await clock.sleep(n * stepMs, signal);
      return signal.aborted ? 'ended' : this.#runner.check(target, depth, startedAtMs);
    });
    const ends = await Promise.all(checks);
    if (ends.length > 0 && ends.every((end) => end === 'left_out')) this.#leftOut(depth);
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

  #state(): VantageState {
    const { vantage, clock, spool } = this.#options;
    return {
      vantage,
      atMs: clock.nowMs(),
      connectivity: this.#rings.latest() ?? 'unknown',
      spoolDepth: spool.depth(),
      clockOffsetMs: 0,
    };
  }
}
