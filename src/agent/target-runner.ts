/**
 * Measures one target, and looks again at once when what it sees has changed: a web target by three light tries within
 * ten seconds, in the first two rounds that fail and in the first that works again, and by the whole page when a light check
 * fails; any other as often as its schedule says. A page that crawls has its platform's speed measured at once. Nothing of it while
 * the vantage itself is cut off.
 */
import type { Schedule } from '../../probes/kinds.ts';
import { inputOfTarget, testNameOf } from '../../probes/plan.ts';
import type { PlannedTarget, Rate } from '../../probes/plan.ts';
import type { Connectivity } from '../../probes/words.ts';
import { FailureRun } from './failure-run.ts';
import { looksReachable, looksSlow } from './keeping.ts';
import type { AgentOptions, TestKeys } from './options.ts';
import type { Ran, Recorder, Run } from './recorder.ts';
import type { RingsKeeper } from './rings-keeper.ts';
import { Slots } from './slots.ts';
import { SpeedWatch } from './speed-watch.ts';

export const RETEST_TRIES_MAX = 3;
export const RETEST_WINDOW_MS = 10_000;

type RunnerOptions = Pick<
  AgentOptions,
  'plan' | 'targets' | 'clock' | 'budget' | 'runTarget' | 'retestWindowMs'
> & {
  readonly recorder: Recorder;
  readonly rings: RingsKeeper;
  readonly signal: AbortSignal;
};

interface Request {
  readonly target: PlannedTarget;
  readonly rate: Rate;
  readonly roundStartedAtMs: number;
  readonly retest: number;
  readonly timeoutMs: number;
  /** Caused by a failure. */
  readonly urgent: boolean;
}

/** `left_out`: the target was still being measured. */
export type CheckEnd = 'ended' | 'left_out';

/** How a change is confirmed. */
interface Retest {
  readonly rate: Rate;
  readonly triesMax: number;
  readonly windowMs: number;
  readonly timeoutMsMax: number;
}

interface Outcome {
  readonly reachable: boolean | null;
  readonly isSlow: boolean;
  readonly connectivity: Connectivity | null;
}

export class TargetRunner {
  readonly #options: RunnerOptions;
  readonly #slots: Slots;
  /** Everything but light checks is slow; it leaves half of the room to them. */
  readonly #slowSlots: Slots;
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #reachable = new Map<string, boolean>();
  readonly #lightRuns = new Map<string, FailureRun>();
  readonly #fetchedAfterFailure = new Set<string>();
  readonly #speedWatch: SpeedWatch;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#speedWatch = new SpeedWatch(options.targets, options.clock);
    this.#slots = new Slots(options.plan.concurrency);
    this.#slowSlots = new Slots(Math.max(1, Math.floor(options.plan.concurrency / 2)));
  }

  /** A light check of a target that is being measured is left out: the run under way says the same. Never rejects. */
  async check(
    target: PlannedTarget,
    rate: Rate,
    roundStartedAtMs: number,
    urgent = false,
  ): Promise<CheckEnd> {
    if (rate === 'light' && this.#busy.has(target.id)) return 'left_out';
    const before = this.#busy.get(target.id) ?? Promise.resolve();
    const mine = before.then(async () => {
      const measure = async (): Promise<Outcome | null> =>
        this.#slots.hold(async () => this.#measure({ target, rate, roundStartedAtMs, urgent }));
      return rate === 'light' ? measure() : this.#slowSlots.hold(measure);
    });
    this.#busy.set(target.id, mine);
    let first: Outcome | null;
    try {
      first = await mine;
    } finally {
      if (this.#busy.get(target.id) === mine) this.#busy.delete(target.id);
    }
    if (rate === 'full' && first?.isSlow === true && !isCutOff(first.connectivity))
      await this.#lookAtSpeed(target, roundStartedAtMs);
    return 'ended';
  }

  async #lookAtSpeed({ platform }: PlannedTarget, roundStartedAtMs: number): Promise<void> {
    if (this.#options.plan.throughput === undefined) return;
    // A run under way says the same.
    const due = this.#speedWatch.take(platform).filter(({ id }) => !this.#busy.has(id));
    await Promise.all(due.map(async (one) => this.check(one, 'throughput', roundStartedAtMs, true)));
  }

  /** What the first try saw; null where there was none. */
  async #measure(asked: Omit<Request, 'retest' | 'timeoutMs'>): Promise<Outcome | null> {
    const { target, rate, roundStartedAtMs } = asked;
    const schedule = this.#options.plan[rate];
    if (schedule === undefined) return null;
    const { timeoutMs } = schedule;
    const first = await this.#once({ ...asked, retest: 0, timeoutMs });
    if (first?.reachable == null) return first;
    // Failing while cut off says nothing of the target: what was known of it stays known.
    if (!first.reachable && isCutOff(first.connectivity)) return first;
    if (this.#isNews(target, rate, first.reachable))
      await this.#again(target, first.reachable, rate, roundStartedAtMs);
    if (target.probe !== 'web') return first;
    if (first.reachable) this.#fetchedAfterFailure.delete(target.id);
    else if (rate === 'light') await this.#whole(target, roundStartedAtMs);
    else this.#fetchedAfterFailure.add(target.id);
    return first;
  }

  /** Re-tests of pages are light: where light checks say the same as a full one already, they would add nothing. */
  #isNews(target: PlannedTarget, rate: Rate, reachable: boolean): boolean {
    const before = this.#reachable.get(`${rate} ${target.id}`) ?? true;
    const byLight = this.#reachable.get(`light ${target.id}`) ?? true;
    this.#reachable.set(`${rate} ${target.id}`, reachable);
    if (rate === 'light') return this.#lightRunOf(target).isNews(reachable);
    return before !== reachable && (target.probe !== 'web' || byLight !== reachable);
  }

  #lightRunOf(target: PlannedTarget): FailureRun {
    const run = this.#lightRuns.get(target.id) ?? new FailureRun();
    this.#lightRuns.set(target.id, run);
    return run;
  }

  /**
   * What the first try contradicts was no change. But a light check's failure is tried as often as it may be, whatever the
   * tries say: how many of them fail is what tells a block from loss.
   */
  async #again(
    target: PlannedTarget,
    expected: boolean,
    rate: Rate,
    roundStartedAtMs: number,
  ): Promise<void> {
    const { clock } = this.#options;
    const { rate: again, triesMax, windowMs, timeoutMsMax } = this.#retestOf(rate);
    const untilMs = clock.monotonicMs() + windowMs;
    for (let retest = 1; retest <= triesMax; retest += 1) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) return;
      const timeoutMs = Math.min(timeoutMsMax, Math.ceil(leftMs / (triesMax + 1 - retest)));
      const base = { target, rate: again, roundStartedAtMs, urgent: true };
      const outcome = await this.#once({ ...base, retest, timeoutMs });
      if (outcome?.reachable == null) return;
      if (!outcome.reachable && isCutOff(outcome.connectivity)) return;
      if (outcome.reachable !== expected && (expected || rate !== 'light')) return;
    }
  }

  /** A page's re-tests are its light checks, soon; those of another kind are runs like the first. */
  #retestOf(rate: Rate): Retest {
    const { plan, retestWindowMs = RETEST_WINDOW_MS } = this.#options;
    const schedule: Schedule | undefined = rate === 'light' || rate === 'full' ? undefined : plan[rate];
    if (schedule === undefined) {
      const timeoutMsMax = plan.light.timeoutMs;
      return { rate: 'light', triesMax: RETEST_TRIES_MAX, windowMs: retestWindowMs, timeoutMsMax };
    }
    const { retests, timeoutMs } = schedule;
    return { rate, triesMax: retests, windowMs: retests * timeoutMs, timeoutMsMax: timeoutMs };
  }

  /** Once per target until it recovers; the full rounds fetch it anyway. */
  async #whole(target: PlannedTarget, roundStartedAtMs: number): Promise<void> {
    if (this.#fetchedAfterFailure.has(target.id)) return;
    this.#fetchedAfterFailure.add(target.id);
    const { timeoutMs } = this.#options.plan.full;
    await this.#once({ target, rate: 'full', roundStartedAtMs, retest: 0, timeoutMs, urgent: true });
  }

  /** Null when the budget does not allow it, or when our own shutdown cut it short. */
  async #once(request: Request): Promise<Outcome | null> {
    const { budget, recorder, signal } = this.#options;
    if (signal.aborted) return null;
    const reservation = budget.reserve(request.rate, request.urgent);
    if (reservation === null) return null;
    const run = this.#runOf(request);
    const ran = await recorder.run(run);
    const traffic = ran.report?.traffic;
    await reservation.settle((traffic?.sentBytes ?? 0) + (traffic?.receivedBytes ?? 0));
    // What our own shutdown cut short is no record of anything.
    return ran.abort === 'shutdown' ? null : this.#keep(run, ran);
  }

  async #keep(run: Run<TestKeys>, ran: Ran<TestKeys>): Promise<Outcome> {
    const { recorder, rings, signal } = this.#options;
    const sealed = recorder.sealed(run, ran, null);
    const reachable = looksReachable(sealed);
    const isSlow = looksSlow(sealed);
    if (reachable !== false) {
      await recorder.keep(run, ran, rings.latest());
      return { reachable, isSlow, connectivity: rings.latest() };
    }
    const connectivity = await rings.about(ran.beganMs, ran.endedMs);
    // Stopped before the rings could tell whose fault it was: then it is nobody's block.
    const untold = signal.aborted && connectivity === null;
    await recorder.keep(run, ran, connectivity, untold ? 'shutdown' : ran.abort);
    return { reachable, isSlow, connectivity };
  }

  #runOf({ target, rate, roundStartedAtMs, retest, timeoutMs }: Request): Run<TestKeys> {
    const { runTarget } = this.#options;
    const depth = rate === 'light' ? 'light' : 'full';
    return {
      target: { id: target.id, platform: target.platform, probe: target.probe, depth },
      testName: testNameOf(target),
      input: inputOfTarget(target, depth),
      roundStartedAtMs,
      retest,
      probe: async (signal) => runTarget({ target, depth, timeoutMs }, signal),
    };
  }
}

function isCutOff(connectivity: Connectivity | null): boolean {
  return connectivity !== null && connectivity !== 'online';
}
