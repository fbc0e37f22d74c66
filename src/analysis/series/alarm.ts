/** From surprise to a score and to one anomaly per event: after an anomaly only what is clearly worse is another. */
import type { Cause, SeriesScore } from './scorer.ts';

/** A row is anomalous from this score on. */
export const ANOMALY_SCORE = 0.5;
/** Surprise (−log10 of a probability) that gives `ANOMALY_SCORE`. */
export const ANOMALY_SURPRISE = 4.8;
/** Rows for which an event is one event: a share of the rows seen, within bounds. */
const EVENT_SHARE = 0.03;
const EVENT_ROWS_MIN = 24;
const EVENT_ROWS_MAX = 400;
/** An event goes on until so many rows were below this. */
const ONGOING_SCORE = 0.4;
const CALM_ROWS = 12;
/** Within an event this many times its surprise is a new one. */
const WORSE_RATIO = 1.5;
/** What belongs to an event that was announced counts so much. */
const ANNOUNCED_SHARE = 0.5;

export class Alarm {
  private rowsLeft = 0;
  private announced = 0;

  judge(surprise: number, cause: Cause, rows: number): SeriesScore {
    const unusual = 1 - 2 ** (-surprise / ANOMALY_SURPRISE);
    const isAnnounced = this.rowsLeft > 0 && surprise <= WORSE_RATIO * this.announced;
    if (this.rowsLeft > 0) this.rowsLeft -= 1;
    if (isAnnounced && unusual >= ONGOING_SCORE) this.rowsLeft = Math.max(this.rowsLeft, CALM_ROWS);
    if (isAnnounced) return { score: unusual * ANNOUNCED_SHARE, anomaly: false, unusual, cause };
    const anomaly = unusual >= ANOMALY_SCORE;
    if (anomaly) {
      this.rowsLeft = Math.min(EVENT_ROWS_MAX, Math.max(EVENT_ROWS_MIN, Math.round(EVENT_SHARE * rows)));
      this.announced = surprise;
    }
    return { score: unusual, anomaly, unusual, cause };
  }
}
