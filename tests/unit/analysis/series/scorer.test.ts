import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';
import { SeriesScorer } from '../../../../src/analysis/series/scorer.ts';
import type { SeriesScore } from '../../../../src/analysis/series/scorer.ts';

const MINUTE_MS = 60_000;
const STEP_MS = 5 * MINUTE_MS;
const DAY_ROWS = 288;
const START_MS = Date.UTC(2026, 0, 5);

function scoresOf(values: readonly number[], timestampOf = timeOf): SeriesScore[] {
  const scorer = new SeriesScorer();
  return values.map((value, row) =>
    Number.isNaN(value) ? scorer.pushMissing(timestampOf(row)) : scorer.push(timestampOf(row), value),
  );
}

function timeOf(row: number): number {
  return START_MS + row * STEP_MS;
}

function anomaliesOf(scores: readonly SeriesScore[], from = 0): number[] {
  return scores.flatMap(({ anomaly }, row) => (anomaly && row >= from ? [row] : []));
}

/** Bell-shaped enough: a sum of four. */
function noise(seed: number): () => number {
  const random = seededRandom(seed);
  return () => random() + random() + random() + random() - 2;
}

function quiet(rows: number, seed = 3): number[] {
  const next = noise(seed);
  return Array.from({ length: rows }, () => 50 + 3 * next());
}

function daily(rows: number, seed = 4): number[] {
  const next = noise(seed);
  return Array.from(
    { length: rows },
    (_, row) => 50 - 40 * Math.cos((2 * Math.PI * row) / DAY_ROWS) + 2 * next(),
  );
}

function changed(
  values: readonly number[],
  from: number,
  to: number,
  change: (value: number) => number,
): number[] {
  return values.map((value, row) => (row >= from && row < to ? change(value) : value));
}

describe('SeriesScorer', () => {
  it.each([
    { what: 'a spike', values: changed(quiet(2000), 1500, 1502, (value) => value + 40), cause: 'above' },
    { what: 'a fall to nothing', values: changed(quiet(2000), 1500, 1600, () => 0), cause: 'below' },
    {
      what: 'a lasting change of level',
      values: changed(quiet(2000), 1500, 2000, (value) => value + 12),
      cause: 'above',
    },
    {
      what: 'a fall at noon to what is usual at night',
      values: changed(daily(3600), 3024, 3060, () => 10),
      cause: 'below',
    },
  ])('announces $what at once, and once', ({ values, cause }) => {
    const from = values.length > 3000 ? 3024 : 1500;
    const scores = scoresOf(values);
    const found = anomaliesOf(scores, from - 200).filter((row) => row < from + 36);
    expect(found).toHaveLength(1);
    expect(found[0]).toBeGreaterThanOrEqual(from);
    expect(found[0]).toBeLessThanOrEqual(from + 3);
    expect(scores[found[0] ?? 0]?.cause).toBe(cause);
  });

  it('announces a series that stops moving, although its value is an ordinary one', () => {
    const found = anomaliesOf(scoresOf(changed(quiet(2000), 1500, 2000, () => 50)), 1450);
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found[0]).toBeGreaterThan(1500);
    expect(found[0]).toBeLessThan(1600);
  });

  it('announces a series that becomes restless around the same level', () => {
    const found = anomaliesOf(
      scoresOf(changed(quiet(2000), 1500, 2000, (value) => 50 + 6 * (value - 50))),
      1450,
    );
    expect(found[0]).toBeGreaterThanOrEqual(1500);
    expect(found[0]).toBeLessThan(1520);
  });

  it('announces the end of a long event as well as its beginning', () => {
    const next = noise(8);
    const values = Array.from(
      { length: 1200 },
      (_, row) => (row >= 600 && row < 720 ? 0.8 : 0.02) + 0.01 * next(),
    );
    const found = anomaliesOf(scoresOf(values), 500);
    expect(found[0]).toBe(600);
    expect(found.some((row) => row >= 720 && row <= 730)).toBe(true);
  });

  it('stays calm over a year and a half of nothing', () => {
    const found = [1, 2, 3, 4].flatMap((seed) => anomaliesOf(scoresOf(quiet(40_000, seed))));
    // In 160,000 rows at five minutes; the first days are judged by little.
    expect(found.length).toBeLessThanOrEqual(6);
  });

  it('stays calm when the same day repeats, once it has seen two', () => {
    expect(anomaliesOf(scoresOf(daily(20 * DAY_ROWS)), 3 * DAY_ROWS)).toEqual([]);
  });

  it('says silence where rows stay away, and where their values are missing', () => {
    const away = scoresOf(quiet(400), (row) => timeOf(row) + (row >= 300 ? 24 * 60 * MINUTE_MS : 0));
    expect(anomaliesOf(away, 290)).toEqual([300]);
    expect(away[300]?.cause).toBe('silence');
    const missing = scoresOf(changed(quiet(400), 300, 360, () => Number.NaN));
    expect(anomaliesOf(missing, 290)).toEqual([311]);
    expect(missing[311]?.cause).toBe('silence');
  });

  it('takes a lost row for no silence', () => {
    const scores = scoresOf(quiet(800), (row) => timeOf(row + (row > 500 ? 3 : 0)));
    expect(anomaliesOf(scores, 490)).toEqual([]);
  });

  it('does not let an event become normal', () => {
    const values = changed(
      changed(quiet(2000), 1000, 1004, () => 95),
      1800,
      1804,
      () => 95,
    );
    expect(anomaliesOf(scoresOf(values), 900)).toEqual([1000, 1800]);
  });

  it('believes a clock again that was once far ahead', () => {
    const scorer = new SeriesScorer();
    const values = changed(quiet(2000), 1500, 1502, () => 95);
    const found = values.flatMap((value, row) => {
      const timestampMs = row === 700 ? Date.UTC(2109, 0, 1) : timeOf(row);
      return scorer.push(timestampMs, value).anomaly ? [row] : [];
    });
    expect(found).toContain(1500);
  });

  it('gives a row the same score whatever comes after it', () => {
    const values = changed(daily(1200), 900, 930, (value) => value + 70);
    const whole = scoresOf(values);
    for (const rows of [1, 31, 500, 905])
      expect(scoresOf(values.slice(0, rows))).toEqual(whole.slice(0, rows));
  });

  it('gives the same scores to the same series in another unit', () => {
    const values = changed(quiet(1200), 900, 930, (value) => value + 70);
    const metres = scoresOf(values);
    const kilometres = scoresOf(values.map((value) => value / 1024));
    expect(anomaliesOf(kilometres)).toEqual(anomaliesOf(metres));
  });

  it('keeps its score between 0 and 1 whatever the numbers', () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(0),
      fc.constant(1e308),
      fc.constant(Number.NaN),
    );
    const times = fc.integer({ min: -1e12, max: 4e12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(times, numbers), { maxLength: 300 }), (rows) => {
        const scores = scoresOf(
          rows.map(([, value]) => value),
          (row) => rows[row]?.[0] ?? 0,
        );
        for (const { score, unusual, anomaly } of scores) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(unusual).toBeGreaterThanOrEqual(score);
          expect(anomaly).toBe(score >= 0.5);
        }
      }),
    );
  });

  it.each([0, 45, -7, 1e300])('has nothing to say of %d for ever', (value) => {
    expect(anomaliesOf(scoresOf(Array.from({ length: 3000 }, () => value)))).toEqual([]);
  });
});
