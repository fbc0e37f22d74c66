import { describe, expect, it } from 'vitest';
import { SeriesScorer } from '../../../../src/analysis/series/scorer.ts';
import { bestThreshold, normalisedScore, rawScore } from '../../../support/nab-score.ts';
import { seriesCorpus } from '../../../support/series-corpus.ts';

function flagged(rows: number, ...at: number[]): number[] {
  return Array.from({ length: rows }, (_, row) => (at.includes(row) ? 1 : 0));
}

const windows: [number, number][] = [[500, 599]];

describe('the rules of the benchmark', () => {
  it('give 100 to who speaks first in each window, 0 to who is silent', () => {
    expect(normalisedScore([{ scores: flagged(1000, 500), windows }], 0.5)).toBeCloseTo(100, 5);
    expect(normalisedScore([{ scores: flagged(1000), windows }], 0.5)).toBe(0);
  });

  it('give less to who speaks later, and nothing more for speaking twice', () => {
    const early = rawScore({ scores: flagged(1000, 500), windows }, 0.5);
    const late = rawScore({ scores: flagged(1000, 590), windows }, 0.5);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(early);
    expect(rawScore({ scores: flagged(1000, 500, 550), windows }, 0.5)).toBe(early);
  });

  it('charge 0.11 for a false alarm, less for one just behind a window, none in probation', () => {
    const silent = rawScore({ scores: flagged(1000), windows }, 0.5);
    expect(rawScore({ scores: flagged(1000, 300), windows }, 0.5) - silent).toBeCloseTo(-0.11, 5);
    const behind = rawScore({ scores: flagged(1000, 605), windows }, 0.5) - silent;
    expect(behind).toBeLessThan(0);
    expect(behind).toBeGreaterThan(-0.05);
    expect(rawScore({ scores: flagged(1000, 100), windows }, 0.5)).toBe(silent);
  });
});

describe('SeriesScorer by these rules', () => {
  it('reaches 65 on series it was not made with, at its own threshold, which is near the best', () => {
    const results = seriesCorpus(11).map(({ timestamps, values, windows: labels }) => {
      const scorer = new SeriesScorer();
      return {
        scores: timestamps.map((timestampMs, row) => scorer.push(timestampMs, values[row] ?? 0).score),
        windows: labels,
      };
    });
    const own = normalisedScore(results, 0.5);
    expect(own).toBeGreaterThan(65);
    expect(bestThreshold(results).score - own).toBeLessThan(3);
  });
});
