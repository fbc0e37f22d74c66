/**
 * A causal anomaly score for one numeric series: row n is judged by rows up to n alone, in bounded memory.
 *
 * Each row gives several statistics: how far it lies from what was expected, how far the last rows did on average (short and
 * long: what a CUSUM adds up, Page 1954), how it differs from its neighbours and from the recent median, how lively the series
 * is, and by how much a few rows differ from those just before. Each is set against its own past in this series, which gives
 * a probability and not a size, as in Ahmad et al. 2017 ("Unsupervised real-time anomaly detection for streaming data"): so
 * one threshold serves all series.
 */
import { Alarm, ANOMALY_SURPRISE } from './alarm.ts';
import { Cadence } from './cadence.ts';
import { Expectation } from './expectation.ts';
import type { ExpectationKind } from './expectation.ts';
import { SlidingQuantiles } from './sliding-quantiles.ts';
import { SignedTails, TailModel } from './tail.ts';

export type Cause = 'above' | 'below' | 'livelier' | 'flatter' | 'silence';

export interface SeriesScore {
  /** 0 ordinary … 1 unheard of; within an event that was announced already it stays below `ANOMALY_SCORE`. */
  readonly score: number;
  /** An event begins here. One event is one anomaly. */
  readonly anomaly: boolean;
  /** The score without regard to events announced already. */
  readonly unusual: number;
  readonly cause: Cause;
}

/** A season can be learnt from this row on. */
const SEASON_FROM_ROW = 30;
/** Early rows are judged with caution: at this row the surprise counts half. */
const CAUTION_ROWS = 20;
const FAST_SHARE = 0.3;
const SHORT_ROWS = 6;
const LONG_ROWS = 48;
const LIVELY_ROWS = 16;
const LIVELY_PAST_ROWS = 400;
/** Differences in liveliness smaller than this (natural logarithm) are none. */
const LIVELY_LOG_FLOOR = Math.log(0.01);
/** Sizes below these shares of the spread and of the largest value are noise of the number format. */
const SPREAD_FLOOR_SHARE = 1e-3;
const SIZE_FLOOR_SHARE = 1e-6;
/** So is what is this share of the largest deviation of the last rows. It is forgotten more slowly than any mean. */
const RECENT_FLOOR_SHARE = 0.02;
const RECENT_MEMORY = 0.99;
const SIZE_MEMORY = 0.9999;
/** The least size: its logarithm is finite, and so is its square's. */
const SIZE_MIN = 1e-150;
/** Weight of the statistics that agree with the most surprising one. */
const AGREEMENT = 0.5;
/** The runs may agree among themselves, against this: a run of values each of which was seen before is one only as a run. */
const RUNS_WEIGHT = 1.3;
/** After a gap of so many steps, half of what the last rows added up is forgotten. */
const GAP_HALF_LIFE_STEPS = 24;
/** After a gap of so many steps the rows on its two sides are no neighbours. */
const NEIGHBOUR_STEPS_MAX = 12;
/** So many rows in a row may lie before the latest. */
const BEHIND_ROWS_MAX = 12;
/** Beyond, differences would overflow. */
const VALUE_MAX = 1e150;

interface ResidualTails {
  readonly single: SignedTails;
  readonly short: SignedTails;
  readonly long: SignedTails;
}

function residualTails(): ResidualTails {
  return { single: new SignedTails(), short: new SignedTails(), long: new SignedTails() };
}

export class SeriesScorer {
  private readonly cadence = new Cadence();
  private readonly expectation = new Expectation();
  private readonly alarm = new Alarm();
  /** A silence is an event of its own, also within another. */
  private readonly silenceAlarm = new Alarm();
  /** Each expectation has errors of its own: those of the level say nothing about those of the season. */
  private readonly residuals: Readonly<Record<ExpectationKind, ResidualTails>> = {
    level: residualTails(),
    day: residualTails(),
    week: residualTails(),
  };
  private readonly fastTails = new SignedTails();
  private readonly jumpTails = new SignedTails();
  private readonly medianTails = new SignedTails();
  private readonly livelyTails = new SignedTails();
  private readonly regimeTails = new SignedTails();
  private readonly past = new SlidingQuantiles(LONG_ROWS);
  private few = 0;
  private rows = 0;
  private behind = 0;
  private latestMs = Number.NaN;
  private lastValue = Number.NaN;
  private fast = 0;
  private short = 0;
  private long = 0;
  /** Rows in a row that did not move; needs no statistic that agrees. */
  private still = 0;
  private stillness = 0;
  private readonly stillTail = new TailModel();
  private lively = 0;
  private livelyPast = 0;
  private largest = 0;
  private recent = 0;
  private best = 0;
  private bestRun = 0;
  private size = 0;
  private sum = 0;
  private sumRun = 0;
  private cause: Cause = 'above';

  /** A row whose value is missing: only its silence can be judged. */
  pushMissing(timestampMs: number): SeriesScore {
    const silence = ANOMALY_SURPRISE * this.cadence.silence(timestampMs - this.latestMs);
    return this.silenceAlarm.judge(silence, 'silence', this.rows);
  }

  /** @param value finite. A timestamp before the latest counts as the latest. */
  push(timestampMs: number, value: number): SeriesScore {
    const bounded = Math.min(VALUE_MAX, Math.max(-VALUE_MAX, value));
    const gapMs = this.gapTo(timestampMs);
    const silence = ANOMALY_SURPRISE * this.cadence.silence(gapMs);
    if (gapMs > 0) this.passTime(gapMs);
    this.latestMs += gapMs;
    if (this.rows === SEASON_FROM_ROW) this.expectation.startSeasons(this.cadence.stepMs);
    this.rows += 1;
    this.judgeValue(this.latestMs, bounded);
    const ofValue = this.alarm.judge(this.cautiousSurprise(), this.cause, this.rows, this.size);
    const ofSilence = this.silenceAlarm.judge(silence, 'silence', this.rows);
    return ofSilence.score > ofValue.score ? ofSilence : ofValue;
  }

  /** Time since the latest row. A clock that stays behind is believed after a while: then the row before was wrong. */
  private gapTo(timestampMs: number): number {
    this.behind = timestampMs < this.latestMs ? this.behind + 1 : 0;
    if (this.rows === 0 || this.behind > BEHIND_ROWS_MAX) {
      this.latestMs = timestampMs;
      this.behind = 0;
    }
    return Math.max(0, timestampMs - this.latestMs);
  }

  private cautiousSurprise(): number {
    const ofAll = (this.best + AGREEMENT * (this.sum - this.best)) / (1 + 2 * AGREEMENT);
    const ofRuns = (this.bestRun + AGREEMENT * (this.sumRun - this.bestRun)) / RUNS_WEIGHT;
    const agreed = Math.max(ofAll, ofRuns);
    if (this.stillness > agreed) this.cause = 'flatter';
    return (Math.max(agreed, this.stillness) * this.rows) / (this.rows + CAUTION_ROWS);
  }

  private passTime(gapMs: number): void {
    this.cadence.learn(gapMs);
    const steps = gapMs / this.cadence.stepMs;
    if (!(steps > NEIGHBOUR_STEPS_MAX)) return;
    const kept = 0.5 ** (steps / GAP_HALF_LIFE_STEPS);
    this.short *= kept;
    this.long *= kept;
    this.lastValue = Number.NaN;
  }

  private judgeValue(nowMs: number, value: number): void {
    this.largest = Math.max(this.largest * SIZE_MEMORY, Math.abs(value));
    const spread = this.rows === 1 ? 0 : this.expectation.spread;
    const median = this.rows === 1 ? value : this.expectation.median;
    this.recent = Math.max(this.recent * RECENT_MEMORY, Math.abs(value - median));
    const noise = Math.max(SPREAD_FLOOR_SHARE * spread, SIZE_FLOOR_SHARE * this.largest, SIZE_MIN);
    const floor = Math.max(noise, RECENT_FLOOR_SHARE * this.recent);
    const logFloor = Math.log(floor);
    const residual = this.expectation.residual(nowMs, value, this.cadence.dayRows);
    this.short += (residual - this.short) / SHORT_ROWS;
    this.long += (residual - this.long) / LONG_ROWS;
    const tails = this.residuals[this.expectation.kind];
    this.best = this.bestRun = 0;
    this.sum = this.sumRun = 0;
    this.take(residual, tails.single.surprise(residual, logFloor));
    this.takeRun(this.short, tails.short.surprise(this.short, logFloor));
    this.takeRun(this.long, tails.long.surprise(this.long, logFloor));
    this.judgeNeighbours(value, noise, logFloor);
    const beside = value - this.expectation.median;
    this.size = Math.abs(beside);
    this.take(beside, this.medianTails.surprise(beside, logFloor));
  }

  private judgeNeighbours(value: number, noise: number, logFloor: number): void {
    const isFirst = Number.isNaN(this.lastValue);
    const jump = isFirst ? 0 : value - this.lastValue;
    if (isFirst) this.fast = this.few = value;
    const beside = value - this.fast;
    this.fast += FAST_SHARE * beside;
    this.lastValue = value;
    this.take(beside, this.fastTails.surprise(beside, logFloor));
    const regime = this.regimeOf(value);
    this.takeRun(regime, this.regimeTails.surprise(regime, logFloor));
    this.take(jump, this.jumpTails.surprise(jump, logFloor));
    this.judgeStillness(!isFirst && Math.abs(jump) <= noise);
    const liveliness = Math.log(Math.abs(jump) + 10 * noise);
    if (this.rows === 1) this.lively = this.livelyPast = liveliness;
    this.lively += (liveliness - this.lively) / LIVELY_ROWS;
    this.livelyPast += (liveliness - this.livelyPast) / LIVELY_PAST_ROWS;
    const change = this.lively - this.livelyPast;
    const rarity = this.livelyTails.surprise(change, LIVELY_LOG_FLOOR);
    if (rarity > this.best) this.cause = change > 0 ? 'livelier' : 'flatter';
    this.add(rarity);
  }

  /** A pause is learnt when it is over. */
  private judgeStillness(isStill: boolean): void {
    if (!isStill) this.stillTail.learn(Math.log(1 + this.still), 0);
    this.still = isStill ? this.still + 1 : 0;
    this.stillness = this.stillTail.rarity(Math.log(1 + this.still), 0);
  }

  /** How far the last few rows lie from those just before: the begin and also the end of a long event. */
  private regimeOf(value: number): number {
    const before = this.past.size === 0 ? value : this.past.quantile(0.5);
    this.past.push(value);
    this.few += (value - this.few) / SHORT_ROWS;
    return this.few - before;
  }

  private take(statistic: number, rarity: number): void {
    if (rarity > this.best) this.cause = statistic >= 0 ? 'above' : 'below';
    this.add(rarity);
  }

  /** What the last rows add up to. */
  private takeRun(statistic: number, rarity: number): void {
    this.take(statistic, rarity);
    this.bestRun = Math.max(this.bestRun, rarity);
    this.sumRun += rarity;
  }

  private add(rarity: number): void {
    this.best = Math.max(this.best, rarity);
    this.sum += rarity;
  }
}
