/**
 * Measures one target, and looks again at once when what it sees has changed: up to three light tries within ten seconds,
 * and the whole page when a light check fails. Nothing of it while the vantage itself is cut off.
 */
import type { WebTestKeys } from '../../probes/measurement.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Connectivity, Depth } from '../../probes/words.ts';
import { looksReachable } from './keeping.ts';
import type { AgentOptions } from './options.ts';
import type { Ran, Recorder, Run } from './recorder.ts';
import type { RingsKeeper } from './rings-keeper.ts';
import { Slots } from './slots.ts';

export const RETEST_TRIES_MAX = 3;
export const RETEST_WINDOW_MS = 10_000;

type RunnerOptions = Pick<AgentOptions, 'plan' | 'clock' | 'budget' | 'runWeb' | 'retestWindowMs'> & {
  readonly recorder: Recorder;
  readonly rings: RingsKeeper;
  readonly signal: AbortSignal;
};

interface Request {
  readonly target: PlannedTarget;
  readonly depth: Depth;
  readonly roundStartedAtMs: number;
  readonly retest: number;
  readonly timeoutMs: number;
  /** Caused by a failure. */
  readonly urgent: boolean;
}

/** `left_out`: the target was still being measured. */
export type CheckEnd = 'ended' | 'left_out';

interface Outcome {
  readonly reachable: boolean | null;
  readonly connectivity: Connectivity | null;
}

export class TargetRunner {
  readonly #options: RunnerOptions;
  readonly #slots: Slots;
  /** Full fetches are slow; they leave half of the room to light checks. */
  readonly #fullSlots: Slots;
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #reachable = new Map<string, boolean>();
  readonly #fetchedAfterFailure = new Set<string>();

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#slots = new Slots(options.plan.concurrency);
    this.#fullSlots = new Slots(Math.max(1, Math.floor(options.plan.concurrency / 2)));
  }

  /** A light check of a target that is being measured is left out: the run under way says the same. Never rejects. */
  async check(target: PlannedTarget, depth: Depth, roundStartedAtMs: number): Promise<CheckEnd> {
    if (depth === 'light' && this.#busy.has(target.id)) return 'left_out';
    const before = this.#busy.get(target.id) ?? Promise.resolve();
    const mine = before.then(async () => {
      const measure = async (): Promise<void> =>
        this.#slots.hold(async () => this.#measure(target, depth, roundStartedAtMs));
      return depth === 'full' ? this.#fullSlots.hold(measure) : measure();
    });
    this.#busy.set(target.id, mine);
    try {
      await mine;
    } finally {
      if (this.#busy.get(target.id) === mine) this.#busy.delete(target.id);
    }
    return 'ended';
  }

  async #measure(target: PlannedTarget, depth: Depth, roundStartedAtMs: number): Promise<void> {
    const { plan } = this.#options;
    const base = { target, roundStartedAtMs, retest: 0 };
    const first = await this.#once({ ...base, depth, timeoutMs: plan[depth].timeoutMs, urgent: false });
    if (first?.reachable == null) return;
    // Failing while cut off says nothing of the target: what was known of it stays known.
    if (!first.reachable && isCutOff(first.connectivity)) return;
    if (this.#isNews(target, depth, first.reachable))
      await this.#again(target, first.reachable, roundStartedAtMs);
    if (first.reachable) this.#fetchedAfterFailure.delete(target.id);
    else if (depth === 'light') await this.#whole(target, roundStartedAtMs);
    else this.#fetchedAfterFailure.add(target.id);
  }

  /** Re-tests are light: where light checks say the same as a full one already, they would add nothing. */
  #isNews(target: PlannedTarget, depth: Depth, reachable: boolean): boolean {
    const before = this.#reachable.get(`${depth} ${target.id}`) ?? true;
    const byLight = this.#reachable.get(`light ${target.id}`) ?? true;
    this.#reachable.set(`${depth} ${target.id}`, reachable);
    return before !== reachable && byLight !== reachable;
  }

  /** Stops at the first try that contradicts: then there was no change to confirm. */
  async #again(target: PlannedTarget, expected: boolean, roundStartedAtMs: number): Promise<void> {
    const { clock, plan, retestWindowMs = RETEST_WINDOW_MS } = this.#options;
    const untilMs = clock.monotonicMs() + retestWindowMs;
    for (let retest = 1; retest <= RETEST_TRIES_MAX; retest += 1) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) return;
      const timeoutMs = Math.min(plan.light.timeoutMs, Math.ceil(leftMs / (RETEST_TRIES_MAX + 1 - retest)));
      const base = { target, depth: 'light' as const, roundStartedAtMs, urgent: true };
      const outcome = await this.#once({ ...base, retest, timeoutMs });
      if (outcome?.reachable !== expected || (!expected && isCutOff(outcome.connectivity))) return;
    }
  }

  /** Once per target until it recovers; the full rounds fetch it anyway. */
  async #whole(target: PlannedTarget, roundStartedAtMs: number): Promise<void> {
    if (this.#fetchedAfterFailure.has(target.id)) return;
    this.#fetchedAfterFailure.add(target.id);
    const { timeoutMs } = this.#options.plan.full;
    await this.#once({ target, depth: 'full', roundStartedAtMs, retest: 0, timeoutMs, urgent: true });
  }

  /** Null when the budget does not allow it, or when our own shutdown cut it short. */
  async #once(request: Request): Promise<Outcome | null> {
    const { budget, recorder, signal } = this.#options;
    if (signal.aborted) return null;
    const reservation = budget.reserve(request.depth, request.urgent);
    if (reservation === null) return null;
    const run = this.#runOf(request);
    const ran = await recorder.run(run);
    const traffic = ran.report?.traffic;
    await reservation.settle((traffic?.sentBytes ?? 0) + (traffic?.receivedBytes ?? 0));
    // What our own shutdown cut short is no record of anything.
    return ran.abort === 'shutdown' ? null : this.#keep(run, ran);
  }

  async #keep(run: Run<WebTestKeys>, ran: Ran<WebTestKeys>): Promise<Outcome> {
    const { recorder, rings, signal } = this.#options;
    const reachable = looksReachable(recorder.sealed(run, ran, null));
    if (reachable !== false) {
      await recorder.keep(run, ran, rings.latest());
      return { reachable, connectivity: rings.latest() };
    }
    const connectivity = await rings.about(ran.beganMs, ran.endedMs);
    // Stopped before the rings could tell whose fault it was: then it is nobody's block.
    const untold = signal.aborted && connectivity === null;
    await recorder.keep(run, ran, connectivity, untold ? 'shutdown' : ran.abort);
    return { reachable, connectivity };
  }

  #runOf({ target, depth, roundStartedAtMs, retest, timeoutMs }: Request): Run<WebTestKeys> {
    const { plan, runWeb } = this.#options;
    const task = { target, depth, timeoutMs, bodyBytesMax: plan.full.bodyBytesMax };
    return {
      target: { id: target.id, platform: target.platform, probe: target.probe, depth },
      input: depth === 'light' ? target.lightUrl : target.url,
      roundStartedAtMs,
      retest,
      probe: async (signal) => runWeb(task, signal),
    };
  }
}

function isCutOff(connectivity: Connectivity | null): boolean {
  return connectivity !== null && connectivity !== 'online';
}
