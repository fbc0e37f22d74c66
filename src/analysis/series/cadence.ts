/** How often rows come, learnt from their timestamps; what a silence is, and how long a day is in rows. */
import { SlidingQuantiles } from './sliding-quantiles.ts';

const GAPS_KEPT = 64;
/** Before so many gaps nothing is said about the cadence. */
const GAPS_NEEDED = 24;
/** A gap shorter than so many usual steps is a lost row, no silence. */
const SILENCE_STEPS_MIN = 12;
/** Nor is one shorter than so many times what nine in ten of the last gaps stayed below. */
const SILENCE_GAPS_MIN = 4;
const USUAL_GAP_SHARE = 0.9;
/** A silence that lasts stays one silence: it never grows into another event. */
const SILENCE_MAX = 1.4;
const DAY_MS = 86_400_000;
/** Between these, a day is a useful number of rows to look back. */
const DAY_ROWS_MIN = 24;
const DAY_ROWS_MAX = 288;

export class Cadence {
  private readonly gaps = new SlidingQuantiles(GAPS_KEPT);
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

  /** How surprising it is that nothing came for so long, in units of the least silence that is one; 0 where it is none. */
  silence(gapMs: number): number {
    const leastMs = Math.max(
      SILENCE_STEPS_MIN * this.medianMs,
      SILENCE_GAPS_MIN * this.gaps.quantile(USUAL_GAP_SHARE),
    );
    return gapMs >= leastMs ? Math.min(SILENCE_MAX, 1 + Math.log10(gapMs / leastMs)) : 0;
  }

  /** @param gapMs above 0 */
  learn(gapMs: number): void {
    this.gaps.push(gapMs);
    if (this.gaps.size >= GAPS_NEEDED) this.medianMs = this.gaps.quantile(0.5);
  }
}
