/**
 * From surprise to a score and to one anomaly per event: after a row has been announced, only what is clearly worse is another.
 * So it is at every height and not only from `ANOMALY_SCORE` on: whoever sets another threshold gets one row per event as well.
 * And what this series has done before surprises less each time: a series that startles often is not believed as easily.
 */
import type { Cause, SeriesScore } from './scorer.ts';

/** A row is anomalous from this score on. */
export const ANOMALY_SCORE = 0.5;
/** Surprise (−log10 of a probability) that gives `ANOMALY_SCORE`. */
export const ANOMALY_SURPRISE = 4.6;
/** Rows for which an event is one event: a share of the rows seen, within bounds. */
const EVENT_SHARE = 0.03;
const EVENT_ROWS_MIN = 24;
const EVENT_ROWS_MAX = 400;
/** An event goes on until so many rows were below this share of what was announced, or of an anomaly. */
const ONGOING_SHARE = 0.74;
const CALM_ROWS = 12;
/**
 * Within an anomaly this many times its surprise is a new one where the row also lies farther from the usual: what only lasts
 * grows in surprise as well. Within less than an anomaly, what surprises more.
 */
const WORSE_RATIO = 1.5;
const WORSE_SIZE_RATIO = 1.5;
/** An anomaly so many times as far from the usual as the row that was announced is another, whatever its surprise. */
const FAR_SIZE_RATIO = 3;
/** What belongs to an event that was announced counts so much. */
const ANNOUNCED_SHARE = 0.5;
/** Each earlier event that was as surprising takes away about so much. */
const HABIT_SHARE = 0.02;
/** Smaller ones are not remembered, and of the others the last so many. */
const HABIT_SURPRISE_MIN = 3;
const HABITS_KEPT = 32;

export class Alarm {
  private rowsLeft = 0;
  private announced = 0;
  /** How far from the usual the row was that was announced. */
  private announcedSize = 0;
  /** The surprises of the last events. */
  private readonly habits: number[] = [];

  /** @param size how far the row lies from the usual, in the unit of the series; 0 where that says nothing */
  judge(rawSurprise: number, cause: Cause, rows: number, size = 0): SeriesScore {
    const surprise = this.unaccustomed(rawSurprise);
    const unusual = 1 - 2 ** (-surprise / ANOMALY_SURPRISE);
    const isAnnounced = this.rowsLeft > 0 && !this.isWorse(surprise, size);
    if (this.rowsLeft > 0) this.rowsLeft -= 1;
    if (isAnnounced) {
      const isOngoing = surprise >= ONGOING_SHARE * Math.min(this.announced, ANOMALY_SURPRISE);
      if (isOngoing) this.rowsLeft = Math.max(this.rowsLeft, CALM_ROWS);
      return { score: unusual * ANNOUNCED_SHARE, anomaly: false, unusual, cause };
    }
    this.rowsLeft = Math.min(EVENT_ROWS_MAX, Math.max(EVENT_ROWS_MIN, Math.round(EVENT_SHARE * rows)));
    this.announced = surprise;
    this.announcedSize = size;
    this.remember(rawSurprise);
    return { score: unusual, anomaly: unusual >= ANOMALY_SCORE, unusual, cause };
  }

  private isWorse(surprise: number, size: number): boolean {
    if (this.announced < ANOMALY_SURPRISE) return surprise > this.announced;
    if (surprise < ANOMALY_SURPRISE) return false;
    const isFar = size > FAR_SIZE_RATIO * this.announcedSize;
    return isFar || (surprise > WORSE_RATIO * this.announced && size > WORSE_SIZE_RATIO * this.announcedSize);
  }

  private unaccustomed(surprise: number): number {
    if (surprise < HABIT_SURPRISE_MIN) return surprise;
    let alike = 0;
    for (const habit of this.habits) if (habit >= surprise) alike += 1;
    return surprise / (1 + HABIT_SHARE * alike);
  }

  private remember(surprise: number): void {
    if (surprise < HABIT_SURPRISE_MIN) return;
    this.habits.push(surprise);
    if (this.habits.length > HABITS_KEPT) this.habits.shift();
  }
}
