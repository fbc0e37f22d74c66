/**
 * When an operator fell silent as seen from outside: the sweep's shares through the detector for numeric series, which judges
 * each round by the rounds before it alone.
 */
import { SeriesScorer } from '../series/scorer.ts';
import type { SweepPoint } from './point.ts';

/** A share that falls by less is no cut, however unusual it is. */
const FALL_MIN = 0.25;
/** Over once so much of the fall is made good. */
const MADE_GOOD = 0.5;
/** Rounds whose middle share is what was usual. */
const USUAL_ROUNDS = 64;

/** One operator in one place. Instants are those of rounds, UTC epoch milliseconds. */
export interface SweepDrop {
  readonly operator: string;
  readonly place: string;
  readonly startMs: number;
  /** The first round in which half of the fall was made good; null while there was none. */
  readonly endMs: number | null;
  /** Share of blocks that are up, 0–1: usual before, and the lowest since. */
  readonly before: number;
  readonly lowest: number;
}

/** @param points ascending by instant. By start, then operator and place. */
export function sweepDrops(points: readonly SweepPoint[]): SweepDrop[] {
  const series = new Map<string, Series>();
  for (const point of points) {
    const key = JSON.stringify([point.operator, point.place]);
    const known = series.get(key) ?? new Series();
    series.set(key, known);
    known.push(point);
  }
  return [...series.values()]
    .flatMap(({ drops }) => drops)
    .sort((a, b) => a.startMs - b.startMs || compare(a.operator, b.operator) || compare(a.place, b.place));
}

class Series {
  readonly drops: SweepDrop[] = [];
  readonly #scorer = new SeriesScorer();
  readonly #past: number[] = [];

  push(point: SweepPoint): void {
    const { atMs, upRatio } = point;
    const { anomaly, cause } = this.#scorer.push(atMs, upRatio);
    const open = this.drops.at(-1);
    if (open?.endMs === null) this.#goOn(open, point);
    else if (anomaly && cause !== 'above') this.#begin(point);
    if (this.drops.at(-1)?.endMs !== null) this.#remember(upRatio);
  }

  #begin({ operator, place, atMs, upRatio }: SweepPoint): void {
    const before = medianOf(this.#past);
    if (before === null || before - upRatio < FALL_MIN) return;
    this.drops.push({ operator, place, startMs: atMs, endMs: null, before, lowest: upRatio });
  }

  #goOn(open: SweepDrop, { atMs, upRatio }: SweepPoint): void {
    const lowest = Math.min(open.lowest, upRatio);
    const isOver = upRatio - lowest >= MADE_GOOD * (open.before - lowest);
    this.drops[this.drops.length - 1] = { ...open, lowest, endMs: isOver ? atMs : null };
  }

  /** What is seen during a drop is not what is usual. */
  #remember(upRatio: number): void {
    this.#past.push(upRatio);
    if (this.#past.length > USUAL_ROUNDS) this.#past.shift();
  }
}

function medianOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Drops that speak of the same networks at the same time as an incident that begins and ends so; `slackMs` on both sides. */
export function dropsDuring(
  drops: readonly SweepDrop[],
  incident: {
    readonly operators: readonly string[];
    readonly startMs: number;
    readonly endMs: number | null;
  },
  slackMs: number,
): SweepDrop[] {
  const fromMs = incident.startMs - slackMs;
  const toMs = (incident.endMs ?? Infinity) + slackMs;
  return drops.filter(
    ({ operator, startMs, endMs }) =>
      incident.operators.includes(operator) && startMs <= toMs && (endMs ?? Infinity) >= fromMs,
  );
}
