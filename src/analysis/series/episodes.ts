/** From scores to a readable list: each anomaly with the rows that belong to it, from its first to its last unusual one. */
import type { Cause, SeriesScore } from './scorer.ts';

export interface Episode {
  /** Timestamps as written. */
  readonly start: string;
  readonly end: string;
  readonly peak: number;
  readonly cause: Cause;
}

/** A row belongs to the event that was announced while it is this unusual. */
const BELONGS_SCORE = 0.3;
/** After so many ordinary rows the event is over. */
const CALM_ROWS = 12;

export class Episodes {
  private start: string | null = null;
  private end = '';
  private peak = 0;
  private cause: Cause = 'above';
  private calmRows = 0;

  /** The episode that this row shows to be over, or null. */
  push(timestamp: string, score: SeriesScore): Episode | null {
    const finished = score.anomaly ? this.finish() : null;
    if (score.anomaly) {
      this.start = timestamp;
      this.cause = score.cause;
    }
    if (this.start === null) return null;
    if (score.unusual >= BELONGS_SCORE) {
      this.end = timestamp;
      this.peak = Math.max(this.peak, score.unusual);
      this.calmRows = 0;
      return finished;
    }
    this.calmRows += 1;
    return this.calmRows >= CALM_ROWS ? this.finish() : finished;
  }

  /** The episode that the series ends in, or null. */
  finish(): Episode | null {
    if (this.start === null) return null;
    const episode = { start: this.start, end: this.end, peak: this.peak, cause: this.cause };
    this.start = null;
    this.peak = 0;
    this.calmRows = 0;
    return episode;
  }
}
