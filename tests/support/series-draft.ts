/** What labelled series are made from: dice with a seed, rows at a cadence, and changes that are labelled where they begin. */
import { seededRandom } from '../../src/analysis/correlate/random.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 1_440 * MINUTE_MS;
export const START_MS = Date.UTC(2019, 3, 1);

export interface Dice {
  uniform(low?: number, high?: number): number;
  normal(): number;
  heavy(index: number): number;
}

export function diceOf(seed: number): Dice {
  const random = seededRandom(seed);
  function uniform(low = 0, high = 1): number {
    return low + (high - low) * random();
  }
  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  /** Pareto, at least 1. */
  function heavy(index: number): number {
    return (1 - random()) ** -index;
  }
  return { uniform, normal, heavy };
}

export interface Draft {
  readonly timestamps: number[];
  readonly values: number[];
  /** Rows at which something begins that an operator would want to know. */
  readonly anomalies: number[];
}

export function regular(
  rows: number,
  cadenceMs: number,
  valueAt: (row: number, timeMs: number) => number,
): Draft {
  const draft: Draft = { timestamps: [], values: [], anomalies: [] };
  for (let row = 0; row < rows; row += 1) {
    const timeMs = START_MS + row * cadenceMs;
    draft.timestamps.push(timeMs);
    draft.values.push(valueAt(row, timeMs));
  }
  return draft;
}

/** Changes the rows from `share` of the series on, and labels the first. */
export function disturb(
  draft: Draft,
  share: number,
  rows: number,
  change: (value: number, step: number) => number,
): void {
  const first = Math.floor(share * draft.values.length);
  draft.anomalies.push(first);
  for (let step = 0; step < rows && first + step < draft.values.length; step += 1)
    draft.values[first + step] = change(draft.values[first + step] ?? 0, step);
}

export function phaseOf(timeMs: number): number {
  return (timeMs % DAY_MS) / DAY_MS;
}

export type Maker = (dice: Dice) => Draft;
