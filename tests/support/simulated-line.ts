/**
 * A line's points without the measurements behind them: what the detector would be given by vantages on ordinary lines.
 *
 * Model: a measurement fails silently with the line's loss, which follows the hour (half of it at night, twice at nine in
 * the evening: congestion), and in bursts of a minute (one a day) in which half of everything fails. Noise fails at the
 * name, the connection, the handshake or the page alike; the censor drops handshakes under one name. What fails, for the
 * first two rounds, and what works again is tested again three times within ten seconds, under the loss of that minute, as by
 * src/agent/target-runner.ts.
 */
import type { DetectorWindow } from '../../src/analysis/detect/detector.ts';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { FailureRun } from '../../src/agent/failure-run.ts';
import { aBlockedPoint, aPoint } from './points.ts';

export interface Line {
  readonly vantage: string;
  readonly operator: string;
  readonly place: string;
}

export interface Simulation {
  readonly lines: readonly Line[];
  readonly platforms: readonly string[];
  /** Targets of each platform; default one. */
  readonly targetsPerPlatform?: number;
  readonly cadenceMs: number;
  /** Mean share of measurements that fail by themselves. */
  readonly lossShare: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly fromMs: number;
  readonly toMs: number;
  /** On every line; without `toMs` to the end. */
  readonly block?: { readonly platform: string; readonly fromMs: number; readonly toMs?: number };
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const WINDOW_MS_MAX = 15_000;
const BURSTS_PER_DAY = 1;
const NOISE_METHODS = ['no_answer', 'drop', 'sni_drop', null] as const;
const BURST_LOSS = 0.5;
const RETEST_SECONDS = [2, 5, 9] as const;
const PEAK_HOUR = 21;

/** Loss by the hour, around a mean of one. */
function congestion(atMs: number): number {
  const hour = (atMs / HOUR_MS) % 24;
  return 1 + 0.75 * Math.cos(((hour - PEAK_HOUR) / 24) * 2 * Math.PI);
}

interface Lane {
  readonly base: ReachabilityPoint;
  readonly blocked: ReachabilityPoint;
  readonly line: Line;
  readonly run: FailureRun;
  nextMs: number;
  isBad: boolean;
}

class Weather {
  readonly #simulation: Simulation;
  readonly #burstUntilMs = new Map<string, number>();
  #minute = -1;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Draws, at the start of each minute, whether a burst begins on a line. */
  #turn(atMs: number): void {
    const { lines, random } = this.#simulation;
    for (const minute = Math.floor(atMs / MINUTE_MS); this.#minute < minute;) {
      this.#minute = Math.max(this.#minute + 1, minute - 60);
      for (const { vantage } of lines) {
        if (random() < BURSTS_PER_DAY / 1_440)
          this.#burstUntilMs.set(vantage, (this.#minute + 1) * MINUTE_MS + random() * MINUTE_MS);
      }
    }
  }

  lossAt(line: Line, atMs: number): number {
    this.#turn(atMs);
    if (atMs < (this.#burstUntilMs.get(line.vantage) ?? 0)) return BURST_LOSS;
    return this.#simulation.lossShare * congestion(atMs);
  }
}

function lanesOf({ lines, platforms, targetsPerPlatform = 1, fromMs, cadenceMs }: Simulation): Lane[] {
  const perLine = platforms.length * targetsPerPlatform;
  const count = lines.length * perLine;
  return lines.flatMap((line, row) =>
    Array.from({ length: perLine }, (_, column) => {
      const platform = platforms[column % platforms.length] ?? '';
      const target = `${platform}-${['www', 'api', 'cdn'][Math.floor(column / platforms.length)] ?? column}`;
      const tags = { ...line, platform, target };
      const nextMs = fromMs + Math.floor(((row * perLine + column) / count) * cadenceMs);
      return {
        base: aPoint(tags),
        blocked: aBlockedPoint(tags),
        line,
        nextMs,
        isBad: false,
        run: new FailureRun(),
      };
    }),
  );
}

class Play {
  readonly #simulation: Simulation;
  readonly #weather: Weather;
  #count = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#weather = new Weather(simulation);
  }

  #measure(lane: Lane, atMs: number, retest: number): ReachabilityPoint {
    const { block, random } = this.#simulation;
    const isBlocked =
      block?.platform === lane.base.platform && atMs >= block.fromMs && atMs < (block.toMs ?? Infinity);
    const isLost = random() < this.#weather.lossAt(lane.line, atMs);
    this.#count += 1;
    lane.isBad = isBlocked || isLost;
    const id = `p${String(this.#count).padStart(12, '0')}`;
    if (!lane.isBad) return { ...lane.base, id, atMs, retest };
    const step = NOISE_METHODS[Math.floor(random() * NOISE_METHODS.length)] ?? null;
    return { ...lane.blocked, id, atMs, retest, method: isBlocked ? 'sni_drop' : step };
  }

  run(lane: Lane, into: ReachabilityPoint[]): void {
    const atMs = lane.nextMs;
    into.push(this.#measure(lane, atMs, 0));
    lane.nextMs += this.#simulation.cadenceMs;
    const isFailing = lane.isBad;
    if (!lane.run.isNews(!isFailing)) return;
    for (const [index, seconds] of RETEST_SECONDS.entries()) {
      into.push(this.#measure(lane, atMs + seconds * 1_000, index + 1));
      if (!isFailing && lane.isBad) return;
    }
  }
}

/** The windows of the simulated time, in order. */
export function* simulatePoints(simulation: Simulation): Generator<DetectorWindow> {
  const { fromMs, toMs, cadenceMs } = simulation;
  const lanes = lanesOf(simulation);
  const play = new Play(simulation);
  const windowMs = cadenceMs > MINUTE_MS ? cadenceMs : WINDOW_MS_MAX;
  for (let startMs = fromMs; startMs < toMs; startMs += windowMs) {
    const endMs = Math.min(startMs + windowMs, toMs);
    const points: ReachabilityPoint[] = [];
    for (const lane of lanes) while (lane.nextMs < endMs) play.run(lane, points);
    yield { fromMs: startMs, toMs: endMs, points, heartbeats: [] };
  }
}
