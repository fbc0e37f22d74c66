import { describe, expect, it } from 'vitest';
import { HISTORY_MS, medianOf, OutsideHistory } from '../../../../src/analysis/outside/history.ts';
import { T0_MS } from '../../../support/points.ts';

const DAY_MS = 86_400_000;

function aReading(value: number, atMs: number) {
  return { source: 'ioda', signal: 'bgp', entity: 'KZ', atMs, value };
}

/** At the same time of the days before, each with its own value; the first is the day before. */
function daysBefore(values: readonly number[], shiftMs = 0) {
  return values.map((value, index) => aReading(value, T0_MS - (index + 1) * DAY_MS + shiftMs));
}
const NOW = aReading(3, T0_MS);

describe('OutsideHistory', () => {
  it('gives what was usual at the same time of the days before, of whom it was', () => {
    const history = new OutsideHistory();
    history.take([...daysBefore([100, 0, 102, 98]), { ...NOW, entity: 'AS1', value: 7 }], T0_MS);
    expect(history.take([NOW], T0_MS)).toEqual([{ ...NOW, baseline: 99 }]);
  });

  it.each([
    { title: 'two days alone', days: daysBefore([100, 101]) },
    { title: 'days at another time', days: daysBefore([100, 101, 102], 20 * 60_000) },
  ])('does not call usual what rests on $title', ({ days }) => {
    const history = new OutsideHistory();
    history.take(days, T0_MS);
    expect(history.take([NOW], T0_MS)).toEqual([{ ...NOW, baseline: null }]);
  });

  it('hands back only what is new or other than before, also after it was loaded', () => {
    const history = new OutsideHistory();
    for (const reading of daysBefore([1, 2, 3])) history.load({ ...reading, baseline: null });
    history.load({ ...NOW, baseline: 2 });
    expect(history.take([NOW], T0_MS)).toEqual([]);
    expect(history.take([{ ...NOW, value: 4 }], T0_MS)).toEqual([{ ...NOW, value: 4, baseline: 2 }]);
    expect(history.take([{ ...NOW, value: 4 }], T0_MS)).toEqual([]);
  });

  it('knows the newest instant of a source', () => {
    const history = new OutsideHistory();
    history.take([NOW, { ...NOW, source: 'radar', atMs: T0_MS + 5 }], T0_MS);
    expect([history.newestMs('ioda'), history.newestMs('radar'), history.newestMs('ihr')]).toEqual([
      T0_MS,
      T0_MS + 5,
      null,
    ]);
  });

  it('forgets what is old', () => {
    const history = new OutsideHistory();
    history.take([NOW], T0_MS);
    history.take([], T0_MS + HISTORY_MS + 1);
    expect(history.newestMs('ioda')).toBeNull();
  });
});

describe('medianOf(values)', () => {
  it.each([
    { values: [], median: 0 },
    { values: [4], median: 4 },
    { values: [3, 1, 2], median: 2 },
    { values: [4, 1, 3, 2], median: 2.5 },
  ])('$values → $median', ({ values, median }) => {
    expect(medianOf(values)).toBe(median);
  });
});
