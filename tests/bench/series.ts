/** How well the detector for numeric series does by the rules of the Numenta Anomaly Benchmark, on series made here, and how fast. */
import { SeriesScorer } from '../../src/analysis/series/scorer.ts';
import { bestThreshold, normalisedScore } from '../support/nab-score.ts';
import type { LabelledScores } from '../support/nab-score.ts';
import { seriesCorpus } from '../support/series-corpus.ts';

/** None of them was looked at while the detector was made. */
const SEEDS = [101, 102, 103, 104, 105];

interface Judged extends LabelledScores {
  readonly kind: string;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function capitalised(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

/** 0–100, by the rules' standard profile, with one threshold for all series, and each kind of series at that threshold. */
export async function benchSeries(): Promise<Record<string, number>> {
  const judged: Judged[] = [];
  let rows = 0;
  let pushMs = 0;
  for (const { name, timestamps, values, windows } of SEEDS.flatMap(seriesCorpus)) {
    const scorer = new SeriesScorer();
    const startedMs = performance.now();
    const scores = timestamps.map((timestampMs, row) => scorer.push(timestampMs, values[row] ?? 0).score);
    pushMs += performance.now() - startedMs;
    rows += scores.length;
    judged.push({ kind: name.replace(/-\d+$/u, ''), scores, windows });
  }
  await Promise.resolve();
  const best = bestThreshold(judged);
  const kinds = [...new Set(judged.map(({ kind }) => kind))];
  const perKind = kinds.map((kind) => {
    const members = judged.filter((one) => one.kind === kind);
    return [`seriesScore${capitalised(kind)}`, rounded(normalisedScore(members, best.threshold))] as const;
  });
  return {
    seriesScoreAtBestThreshold: rounded(best.score),
    seriesBestThreshold: best.threshold,
    seriesScoreAtOwnThreshold: rounded(normalisedScore(judged, 0.5)),
    ...Object.fromEntries(perKind),
    seriesRowsPerSecond: Math.round(rows / (pushMs / 1_000)),
  };
}
