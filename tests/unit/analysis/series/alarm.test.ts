import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alarm, ANOMALY_SCORE, ANOMALY_SURPRISE } from '../../../../src/analysis/series/alarm.ts';

const ROWS = 1_000;

function judged(surprises: readonly number[]) {
  const alarm = new Alarm();
  return surprises.map((surprise) => alarm.judge(surprise, 'above', ROWS));
}

function flaggedAt(surprises: readonly number[], threshold: number): number[] {
  return judged(surprises).flatMap(({ score }, row) => (score >= threshold ? [row] : []));
}

function calm(rows: number): number[] {
  return Array.from({ length: rows }, () => 0);
}

describe('Alarm', () => {
  it('makes a surprise a score: none 0, the agreed one an anomaly, more nears 1', () => {
    const scores = [0, ANOMALY_SURPRISE, 100].map((surprise) => new Alarm().judge(surprise, 'above', ROWS));
    expect(scores.map(({ score }) => score)).toEqual([0, ANOMALY_SCORE, expect.closeTo(1, 5)]);
    expect(scores.map(({ anomaly }) => anomaly)).toEqual([false, true, true]);
  });

  it('announces an event once, however long it lasts', () => {
    expect(flaggedAt([...calm(10), ...calm(300).map(() => 6), ...calm(10)], ANOMALY_SCORE)).toEqual([10]);
  });

  it('announces the next event when the one before is over', () => {
    expect(flaggedAt([6, ...calm(60), 6], ANOMALY_SCORE)).toEqual([0, 61]);
  });

  it.each([
    { what: 'grows in surprise and in size', then: { surprise: 10, size: 2 }, isAnother: true },
    { what: 'only lasts, which surprises more and more', then: { surprise: 10, size: 1 }, isAnother: false },
    { what: 'lies far beyond, at the same surprise', then: { surprise: 6, size: 4 }, isAnother: true },
    { what: 'lies far beyond, but is no anomaly', then: { surprise: 4, size: 4 }, isAnother: false },
  ])('within an event, what $what is another: $isAnother', ({ then, isAnother }) => {
    const alarm = new Alarm();
    expect(alarm.judge(6, 'below', ROWS, 1).anomaly).toBe(true);
    expect(alarm.judge(then.surprise, 'below', ROWS, then.size).anomaly).toBe(isAnother);
  });

  it.each([0.3, 0.4])('gives one row per event at the lower threshold %f too', (threshold) => {
    expect(flaggedAt([...calm(5), 4, 3.9, 3.8, 4, 3.9, ...calm(5)], threshold)).toEqual([5]);
  });

  it('lets a smaller one before it hide no anomaly', () => {
    expect(flaggedAt([ANOMALY_SURPRISE * 0.95, ANOMALY_SURPRISE * 1.01], ANOMALY_SCORE)).toEqual([1]);
  });

  it('is startled less by what this series does often, and as ever by what is greater than that', () => {
    const habit = Array.from({ length: 10 }, () => [5, ...calm(60)]).flat();
    const scores = judged([...habit, 5, ...calm(60), 9]).map(({ score }) => score);
    expect(scores.at(-62)).toBeLessThan(ANOMALY_SCORE);
    expect(scores.at(-1)).toBe(new Alarm().judge(9, 'above', ROWS).score);
  });

  it('never calls a row anomalous that it does not score so, and never scores above how unusual it is', () => {
    const surprises = fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { maxLength: 200 });
    fc.assert(
      fc.property(surprises, (values) => {
        for (const { score, unusual, anomaly } of judged(values)) {
          expect(anomaly).toBe(score >= ANOMALY_SCORE);
          expect(score).toBeLessThanOrEqual(unusual);
        }
      }),
    );
  });
});
