/**
 * What the next value should be: the usual value of this time of the week, or of the day, or the recent median, whichever
 * has been wrong least. A season is asked only where it was seen often enough, and used only where it lowers the error.
 */
import { SeasonProfile } from './season.ts';
import { SlidingQuantiles } from './sliding-quantiles.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const DAY_BINS_MAX = 288;
const WEEK_BINS_MAX = 336;
/** Sparser series have no hour of the day. */
const SEASON_STEP_MS_MAX = 3 * HOUR_MS;
/** A bin speaks once it was seen on so many days, or in so many weeks. */
const PERIODS_NEEDED = 2;
/** A season must have this share of the simpler expectation's error, or less. */
const SEASON_ERROR_SHARE_MAX = 0.85;
const ERROR_SHARE = 0.005;
/** One huge error counts as so many usual ones. */
const ERROR_RATIO_MAX = 20;
const WINDOW_ROWS = 300;
/** The window covers about so many days where rows come often. */
const WINDOW_DAYS = 2;
/** A value pulls the baseline no further than so many usual errors: what is anomalous does not become normal. */
const PULL_ERRORS = 4;
/** Until then the spread of the first values stands in for the usual error. */
const ERROR_ROWS_NEEDED = 30;

export type ExpectationKind = 'level' | 'day' | 'week';

interface Season {
  readonly profile: SeasonProfile;
  error: number;
}

export class Expectation {
  private readonly window = new SlidingQuantiles(WINDOW_ROWS);
  private rows = 0;
  private day: Season | null = null;
  private week: Season | null = null;
  private levelError = Number.NaN;
  /** By how much the series has lain beside its season lately. */
  private offset = 0;
  private usualError = 0;
  private chosen: ExpectationKind = 'level';

  /** The cadence is known from now on: a season can be learnt. */
  startSeasons(stepMs: number): void {
    if (!(stepMs <= SEASON_STEP_MS_MAX)) return;
    this.day = seasonOf(DAY_MS, stepMs, DAY_BINS_MAX);
    this.week = seasonOf(WEEK_MS, stepMs, WEEK_BINS_MAX);
  }

  /** Which expectation the last residual was taken from. */
  get kind(): ExpectationKind {
    return this.chosen;
  }

  /** NaN before the first value. */
  get median(): number {
    return this.window.quantile(0.5);
  }

  /** Half the distance between the quartiles of the recent values; NaN before the first. */
  get spread(): number {
    return (this.window.quantile(0.75) - this.window.quantile(0.25)) / 2;
  }

  /** The value minus what it should have been; then the value is learnt. */
  residual(timestampMs: number, value: number, dayRows: number): number {
    const ofLevel = this.window.size === 0 ? 0 : value - this.median;
    const ofDay = this.residualOf(this.day, timestampMs, value);
    const ofWeek = this.residualOf(this.week, timestampMs, value);
    const residual = this.choose(ofLevel, ofDay, ofWeek);
    this.learn(timestampMs, value, residual, dayRows);
    this.levelError = this.blend(this.levelError, ofLevel);
    if (this.day !== null && ofDay !== null) this.day.error = this.blend(this.day.error, ofDay);
    if (this.week !== null && ofWeek !== null) this.week.error = this.blend(this.week.error, ofWeek);
    return residual;
  }

  private residualOf(season: Season | null, timestampMs: number, value: number): number | null {
    if (season === null) return null;
    const bin = season.profile.binOf(timestampMs);
    if (!season.profile.knows(bin, PERIODS_NEEDED)) return null;
    const beside = value - this.offset;
    return beside - season.profile.nearest(bin, beside);
  }

  private choose(ofLevel: number, ofDay: number | null, ofWeek: number | null): number {
    let best: Choice = { kind: 'level', residual: ofLevel, error: this.levelError };
    if (ofDay !== null && isBetter(this.day, best.error))
      best = { kind: 'day', residual: ofDay, error: this.day?.error ?? best.error };
    if (ofWeek !== null && isBetter(this.week, best.error))
      best = { kind: 'week', residual: ofWeek, error: best.error };
    this.chosen = best.kind;
    return best.residual;
  }

  private learn(timestampMs: number, value: number, residual: number, dayRows: number): void {
    const stride = Math.max(1, Math.ceil((WINDOW_DAYS * dayRows) / WINDOW_ROWS));
    if (this.rows % stride === 0) this.window.push(value);
    this.rows += 1;
    const limit = PULL_ERRORS * this.usualError;
    const bounded = Math.min(limit, Math.max(-limit, residual));
    for (const season of [this.day, this.week]) {
      if (season === null) continue;
      season.profile.learn(season.profile.binOf(timestampMs), timestampMs, value - this.offset, limit);
    }
    if (this.day !== null && this.rows > dayRows) this.offset += bounded / dayRows;
    this.usualError += Math.max(ERROR_SHARE, 1 / this.rows) * (Math.abs(bounded) - this.usualError);
    if (this.rows < ERROR_ROWS_NEEDED) this.usualError = Math.max(this.usualError, this.spread);
  }

  private blend(mean: number, residual: number): number {
    const error = Math.abs(residual);
    if (Number.isNaN(mean)) return error;
    return mean + ERROR_SHARE * (Math.min(error, ERROR_RATIO_MAX * (this.usualError + mean)) - mean);
  }
}

interface Choice {
  readonly kind: ExpectationKind;
  readonly residual: number;
  readonly error: number;
}

function isBetter(season: Season | null, error: number): boolean {
  return season !== null && season.error < SEASON_ERROR_SHARE_MAX * error;
}

function seasonOf(periodMs: number, stepMs: number, binsMax: number): Season {
  const bins = Math.max(2, Math.min(binsMax, Math.round(periodMs / stepMs)));
  return { profile: new SeasonProfile(periodMs, bins), error: Number.NaN };
}
