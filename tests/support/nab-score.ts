/**
 * The scoring rules of the Numenta Anomaly Benchmark (Lavin & Ahmad 2015, "Evaluating real-time anomaly detection
 * algorithms"), standard profile: one detection counts per window, the earlier the better; every flagged row outside costs.
 */
export interface LabelledScores {
  readonly scores: readonly number[];
  /** First and last row of each anomaly window. */
  readonly windows: readonly (readonly [number, number])[];
}

const TRUE_POSITIVE = 1;
const FALSE_POSITIVE = 0.11;
const FALSE_NEGATIVE = 1;
const PROBATION_SHARE = 0.15;
const PROBATION_ROWS_MAX = 750;

export function probationRows(rows: number): number {
  return Math.floor(Math.min(PROBATION_SHARE * rows, PROBATION_ROWS_MAX));
}

function scaledSigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** The raw score of one series at one threshold. */
export function rawScore({ scores, windows }: LabelledScores, threshold: number): number {
  const probation = probationRows(scores.length);
  const counted = windows.filter(([, last]) => last >= probation);
  const found = new Set<number>();
  let sum = 0;
  for (let row = probation; row < scores.length; row += 1) {
    if ((scores[row] ?? 0) < threshold) continue;
    const inside = counted.findIndex(([first, last]) => row >= first && row <= last);
    const window = counted[inside];
    if (window !== undefined) {
      if (found.has(inside)) continue;
      found.add(inside);
      const position = -(window[1] - row + 1) / (window[1] - window[0] + 1);
      sum += (TRUE_POSITIVE * scaledSigmoid(position)) / scaledSigmoid(-1);
      continue;
    }
    const before = counted.filter(([, last]) => last < row).at(-1);
    const position = before === undefined ? 4 : (row - before[1]) / Math.max(1, before[1] - before[0]);
    sum += FALSE_POSITIVE * scaledSigmoid(position);
  }
  return sum - FALSE_NEGATIVE * (counted.length - found.size);
}

/** 0 for a detector that never speaks, 100 for the perfect one; one threshold for the whole corpus. */
export function normalisedScore(corpus: readonly LabelledScores[], threshold: number): number {
  let raw = 0;
  let windows = 0;
  for (const series of corpus) {
    raw += rawScore(series, threshold);
    const probation = probationRows(series.scores.length);
    windows += series.windows.filter(([, last]) => last >= probation).length;
  }
  return (100 * (raw + windows)) / (2 * windows);
}

export function bestThreshold(corpus: readonly LabelledScores[]): { threshold: number; score: number } {
  let best = { threshold: 1.01, score: 0 };
  for (let step = 1; step <= 200; step += 1) {
    const threshold = step / 200;
    const score = normalisedScore(corpus, threshold);
    if (score > best.score) best = { threshold, score };
  }
  return best;
}
