/**
 * How rare a statistic of this size is in this series: a streaming peaks-over-threshold estimate.
 *
 * Statistics (≥ 0) are counted in bins of their logarithm, older ones with less weight. Above the quantile `1 - TAIL_SHARE`
 * the logarithm's excess is taken as exponential, that is the statistic as Pareto (Hill 1975, "A simple general approach to
 * inference about the tail of a distribution"; streaming use as in Siffer et al. 2017, "Anomaly detection in streams with
 * extreme value theory"). A series that bursts by nature so gets a heavy tail, and needs a larger burst to surprise.
 */

const BINS = 512;
/** Natural logarithm of the ratio between neighbouring bins; all bins span e^51. */
const BIN_WIDTH = 0.1;
/** The first statistic lies in this bin; the bins above leave room for e^45 times more. */
const FIRST_BIN = 60;
const LOG_RANGE = (BINS - FIRST_BIN - 1) * BIN_WIDTH;
const TAIL_SHARE = 0.03;
const TAIL_RARITY = -Math.log10(TAIL_SHARE);
/** Statistics after which one counts e times less. */
const MEMORY_ROWS = 12_000;
/** Nothing is said before so many statistics. */
const ROWS_NEEDED = 24;
/** The tail is fitted again after so many statistics. */
const REFIT_ROWS = 16;
/** What is believed of a tail before it was seen: its index, and how many exceedances that is worth. */
const PRIOR_INDEX = 0.3;
const PRIOR_WEIGHT = 3;
const INDEX_MIN = 0.1;
/** An excess is learnt up to so many times the index: one outlier does not make the next of its size normal. */
const LEARNT_EXCESS_MAX = 8;
/** Weights are renormalised beyond this, long before a double overflows. */
const WEIGHT_MAX = 1e9;
/** No statistic is taken as rarer than 10^-RARITY_MAX. */
const RARITY_MAX = 12;

export class TailModel {
  private readonly weights = new Float64Array(BINS);
  private total = 0;
  private increment = 1;
  private learnt = 0;
  private highest = 0;
  private firstLog = Number.NaN;
  private logThreshold = Number.NaN;
  private index = PRIOR_INDEX;

  /** −log10 of the probability of a statistic at least this large; 0 for what is common. Does not learn.
   * @param logFloor natural logarithm of a size that is nothing, here and now */
  rarity(logSize: number, logFloor: number): number {
    const excess = logSize - Math.max(logFloor, this.logThreshold);
    // Also where the threshold is not known yet, that is NaN.
    if (!(excess > 0)) return 0;
    return Math.min(RARITY_MAX, TAIL_RARITY + (excess / this.index) * Math.LOG10E);
  }

  /** @param logSize natural logarithm of the statistic, finite, not below the floor */
  learn(logSize: number, logFloor: number): void {
    if (this.learnt === 0) this.firstLog = logSize;
    const most = this.logThreshold + LEARNT_EXCESS_MAX * this.index;
    const bounded = logSize > most ? Math.max(most, logFloor) : logSize;
    if (bounded - this.firstLog > LOG_RANGE) this.startAgain(bounded);
    const bin = Math.round((bounded - this.firstLog) / BIN_WIDTH) + FIRST_BIN;
    const slot = Math.min(BINS - 1, Math.max(0, bin));
    if (slot > this.highest) this.highest = slot;
    this.weights[slot] = (this.weights[slot] ?? 0) + this.increment;
    this.total += this.increment;
    this.increment *= 1 + 1 / MEMORY_ROWS;
    this.learnt += 1;
    if (this.learnt >= ROWS_NEEDED && this.learnt % REFIT_ROWS === ROWS_NEEDED % REFIT_ROWS) this.fit();
  }

  private fit(): void {
    if (this.increment > WEIGHT_MAX) this.renormalise();
    const wanted = this.total * TAIL_SHARE;
    let above = 0;
    let slotSum = 0;
    let slot = this.highest;
    // The threshold is the bin in which the wanted share is reached; what lies above that bin is the tail.
    for (; slot > 0; slot -= 1) {
      const weight = this.weights[slot] ?? 0;
      if (above + weight >= wanted) break;
      above += weight;
      slotSum += weight * slot;
    }
    this.logThreshold = this.firstLog + (slot - FIRST_BIN) * BIN_WIDTH;
    const count = above / this.increment;
    const meanExcess = above > 0 ? (slotSum / above - slot) * BIN_WIDTH : 0;
    const index = (PRIOR_WEIGHT * PRIOR_INDEX + count * meanExcess) / (PRIOR_WEIGHT + count);
    this.index = Math.max(INDEX_MIN, index);
  }

  /** After nothing but zeros: all that was is nothing beside what comes now. */
  private startAgain(logSize: number): void {
    this.weights.fill(0);
    this.weights[0] = this.total;
    this.firstLog = logSize;
    this.highest = FIRST_BIN;
    this.fit();
  }

  private renormalise(): void {
    for (let slot = 0; slot < BINS; slot += 1)
      this.weights[slot] = (this.weights[slot] ?? 0) / this.increment;
    this.total /= this.increment;
    this.increment = 1;
  }
}

/** The tails of a statistic that has a sign. */
export class SignedTails {
  private readonly above = new TailModel();
  private readonly below = new TailModel();

  /**
   * The rarity of the statistic among those before it; then it is learnt.
   * @param logFloor natural logarithm of a size below which all count as equal: noise of the number format
   */
  surprise(statistic: number, logFloor: number): number {
    const logSize = Math.max(logFloor, Math.log(Math.abs(statistic)));
    const [side, other] = statistic >= 0 ? [this.above, this.below] : [this.below, this.above];
    const rarity = side.rarity(logSize, logFloor);
    side.learn(logSize, logFloor);
    other.learn(logFloor, logFloor);
    return rarity;
  }
}
