/**
 * What the vantages of a scenario measure, round by round: one lane for each vantage and platform, looked at again as by
 * src/agent/target-runner.ts and judged as by the collector.
 */
import { FailureRun } from '../agent/failure-run.ts';
import { looksReachable } from '../agent/keeping.ts';
import { seededRandom } from '../analysis/correlate/random.ts';
import type { ReachabilityPoint } from '../analysis/detect/point.ts';
import { judge } from '../analysis/verdict/judge.ts';
import { toPoint } from '../analysis/verdict/point.ts';
import type { Knowledge } from '../analysis/verdict/verdict.ts';
import type { Platform } from '../../probes/words.ts';
import { drawFate, fateKey } from './fate.ts';
import type { Scenario } from './scenario.ts';
import { synthesize } from './synthesize.ts';
import { createWorld, isHeard } from './world.ts';
import type { Conditions, ScenarioVantage } from './world.ts';

/** Tries of one round after its first, in seconds after it. */
const RETEST_SECONDS = [2, 5, 9] as const;
/** Kinds of measurement that are remembered with their verdict. */
const LIKENESSES_MAX = 5_000;
/** Rounds of one vantage and its platforms are spread over this share of the cadence. */
const SPREAD = 0.5;

interface Lane {
  readonly vantage: ScenarioVantage;
  readonly platform: Platform;
  readonly random: () => number;
  readonly number: number;
  readonly run: FailureRun;
  nextMs: number;
}

interface Measured {
  readonly point: ReachabilityPoint;
  /** As the agent sees it, who does not judge; null: it tells nothing. */
  readonly reachable: boolean | null;
}

export interface Delivered {
  readonly point: ReachabilityPoint;
  /** Measured while cut off: it comes with the spool. */
  readonly isLate: boolean;
}

export interface LanesInput {
  readonly scenario: Scenario;
  readonly knowledge: Knowledge;
  /** Certificates (DER, base64) by the interceptor's id. */
  readonly certificates: ReadonlyMap<string, string>;
}

/** Vantages do not knock at once, nor do the targets of one. */
function lanesOf(scenario: Scenario): Lane[] {
  const cadenceMs = scenario.cadenceSeconds * 1_000;
  const count = scenario.vantages.length * scenario.platforms.length;
  return scenario.vantages.flatMap((vantage, row) =>
    scenario.platforms.map((platform, column) => {
      const number = row * scenario.platforms.length + column;
      const nextMs = scenario.from + Math.floor((number / count) * cadenceMs * SPREAD);
      const random = seededRandom((scenario.seed + number * 7_919) >>> 0);
      return { vantage, platform, random, number, run: new FailureRun(), nextMs };
    }),
  );
}

export class Lanes {
  readonly world: (atMs: number, vantage: ScenarioVantage) => Conditions;
  readonly #input: LanesInput;
  readonly #lanes: readonly Lane[];
  /** Decides how long steps take. */
  readonly #timing: () => number;
  /** By likeness. */
  readonly #judged = new Map<string, Measured>();
  #measurements = 0;

  constructor(input: LanesInput) {
    this.#input = input;
    this.world = createWorld(input.scenario);
    this.#lanes = lanesOf(input.scenario);
    this.#timing = seededRandom(input.scenario.seed);
  }

  get measurements(): number {
    return this.#measurements;
  }

  /** What the rounds give that begin before `toMs` (UTC epoch milliseconds) and were not told yet; lane by lane. */
  *until(toMs: number): Generator<Delivered> {
    for (const lane of this.#lanes) while (lane.nextMs < toMs) yield* this.#round(lane);
  }

  *#round(lane: Lane): Generator<Delivered> {
    const atMs = lane.nextMs;
    lane.nextMs += this.#input.scenario.cadenceSeconds * 1_000;
    const conditions = this.world(atMs, lane.vantage);
    if (!conditions.hasPower) return;
    const isLate = !isHeard(conditions);
    const first = this.#measure(lane, atMs, 0);
    yield { point: first.point, isLate };
    if (first.reachable === null || this.#isNobodys(lane, atMs, first)) return;
    if (!lane.run.isNews(first.reachable)) return;
    for (const [index, seconds] of RETEST_SECONDS.entries()) {
      const againMs = atMs + seconds * 1_000;
      const again = this.#measure(lane, againMs, index + 1);
      yield { point: again.point, isLate };
      if (again.reachable === null || this.#isNobodys(lane, againMs, again)) return;
      if (first.reachable && !again.reachable) return;
    }
  }

  /** Failing while cut off says nothing of the target. */
  #isNobodys(lane: Lane, atMs: number, { reachable }: Measured): boolean {
    return reachable === false && this.world(atMs, lane.vantage).network !== 'online';
  }

  /** Measurements that differ in vantage and latency alone are judged once. */
  #measure(lane: Lane, atMs: number, retest: number): Measured {
    const { scenario, knowledge, certificates } = this.#input;
    const { vantage, platform } = lane;
    const fate = drawFate(this.world(atMs, vantage), platform, lane.random);
    this.#measurements += 1;
    const id = idOf(this.#measurements, lane.number);
    const likeness = `${platform} ${fateKey(fate)}`;
    const known = this.#judged.get(likeness);
    if (known !== undefined) {
      const { operator, place, access } = vantage;
      const same = { id, atMs, retest, vantage: vantage.id, operator, place, access };
      return { ...known, point: { ...known.point, ...same } };
    }
    const { latencyMs } = scenario.noise;
    const random = this.#timing;
    const measurement = synthesize({
      id,
      atMs,
      retest,
      vantage,
      platform,
      fate,
      latencyMs,
      random,
      certificates,
    });
    const measured = {
      point: toPoint(measurement, judge(measurement, knowledge)),
      reachable: looksReachable(measurement),
    };
    if (this.#judged.size < LIKENESSES_MAX) this.#judged.set(likeness, measured);
    return measured;
  }
}

function idOf(count: number, lane: number): string {
  return `${count.toString(16).padStart(8, '0')}-0000-7000-8000-${lane.toString(16).padStart(12, '0')}`;
}
