/**
 * What this series usually is at this time of the day, or of the week: a mean per bin that outliers move little.
 * A bin's neighbours count too: a rush hour that comes a few minutes early is no anomaly.
 */

/** A bin takes this share of a new value at least; so a changed habit is learnt in a few periods. */
const LEARNING_SHARE_MIN = 0.2;

export class SeasonProfile {
  private readonly periodMs: number;
  private readonly binMs: number;
  private readonly bins: number;
  private readonly means: Float64Array;
  private readonly visits: Uint32Array;
  private readonly lastPeriod: Float64Array;

  constructor(periodMs: number, bins: number) {
    this.periodMs = periodMs;
    this.bins = bins;
    this.binMs = periodMs / bins;
    this.means = new Float64Array(bins);
    this.visits = new Uint32Array(bins);
    this.lastPeriod = new Float64Array(bins).fill(-1);
  }

  binOf(timestampMs: number): number {
    const phase = ((timestampMs % this.periodMs) + this.periodMs) % this.periodMs;
    return Math.min(this.bins - 1, Math.floor(phase / this.binMs));
  }

  /** Whether the bin and its neighbours have been seen in so many periods. */
  knows(bin: number, periods: number): boolean {
    const { bins, visits } = this;
    return (
      (visits[bin] ?? 0) >= periods &&
      (visits[(bin + 1) % bins] ?? 0) >= periods &&
      (visits[(bin + bins - 1) % bins] ?? 0) >= periods
    );
  }

  /** The expectation nearest to `value` in the range that the bin and its neighbours span. */
  nearest(bin: number, value: number): number {
    const { bins, means } = this;
    const here = means[bin] ?? 0;
    const next = means[(bin + 1) % bins] ?? here;
    const before = means[(bin + bins - 1) % bins] ?? here;
    const low = Math.min(here, next, before);
    const high = Math.max(here, next, before);
    return Math.min(high, Math.max(low, value));
  }

  /** @param limit how far a value may pull at most, once the bin is known */
  learn(bin: number, timestampMs: number, value: number, limit: number): void {
    const period = Math.floor(timestampMs / this.periodMs);
    if (this.lastPeriod[bin] !== period) {
      this.lastPeriod[bin] = period;
      this.visits[bin] = (this.visits[bin] ?? 0) + 1;
    }
    const visits = this.visits[bin] ?? 1;
    const mean = this.means[bin] ?? 0;
    const share = Math.max(LEARNING_SHARE_MIN, 1 / visits);
    const pull = value - mean;
    const bounded = visits <= 2 ? pull : Math.min(limit, Math.max(-limit, pull));
    this.means[bin] = mean + share * bounded;
  }
}
