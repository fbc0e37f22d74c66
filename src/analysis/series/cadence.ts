/** How often rows come, learnt from their timestamps; what a silence is, and how long a day is in rows. */
import { SlidingQuantiles } from './sliding-quantiles.ts';
import { TailModel } from './tail.ts';

const GAPS_KEPT = 64;
/** Before so many gaps nothing is said about the cadence. */
const GAPS_NEEDED = 12;
/** A gap shorter than so many usual steps is a lost row, no silence. */
const SILENCE_STEPS_MIN = 12;
const DAY_MS = 86_400_000;
/** Between these, a day is a useful number of rows to look back. */
const DAY_ROWS_MIN = 24;
const DAY_ROWS_MAX = 288;

export class Cadence {
  private readonly gaps = new SlidingQuantiles(GAPS_KEPT);
  private readonly silences = new TailModel();
  private medianMs = Number.NaN;

  /** NaN while it is not known. */
  get stepMs(): number {
    return this.medianMs;
  }

  /** Rows in a day, kept within useful bounds; the upper one while the cadence is not known. */
  get dayRows(): number {
    if (Number.isNaN(this.medianMs)) return DAY_ROWS_MAX;
    return Math.min(DAY_ROWS_MAX, Math.max(DAY_ROWS_MIN, Math.round(DAY_MS / this.medianMs)));
  }

  /** How rare a silence of this length is in this series; 0 for what is no silence. */
  rarity(gapMs: number): number {
    const steps = gapMs / this.medianMs;
    return steps >= SILENCE_STEPS_MIN ? this.silences.rarity(Math.log(steps)) : 0;
  }

  /** @param gapMs above 0 */
  learn(gapMs: number): void {
    this.gaps.push(gapMs);
    if (this.gaps.size < GAPS_NEEDED) return;
    this.medianMs = this.gaps.quantile(0.5);
    this.silences.learn(Math.max(0, Math.log(gapMs / this.medianMs)));
  }
}
