/** Shutdowns and blocks of the kinds that real series show, made here: they run everywhere, also where the real ones are absent. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { SeriesScorer } from '../../src/analysis/series/scorer.ts';

const HOUR_MS = 3_600_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

interface Row {
  readonly hour: number;
  readonly value: number;
}

function anomalies(rows: readonly Row[]) {
  const scorer = new SeriesScorer();
  return rows.flatMap(({ hour, value }) => {
    const { anomaly, cause } = scorer.push(hour * HOUR_MS, value);
    return anomaly ? [{ hour, cause, value }] : [];
  });
}

/** A site that volunteers measure in some hours: seldom wrong, silent for four days, then blocked for six. */
function sparselyMeasured(seed: number): Row[] {
  const random = seededRandom(seed);
  const rows: Row[] = [];
  for (let hour = 0; hour < 1_500; hour += 1) {
    const isSilent = hour >= 900 && hour < 1_003;
    const isBlocked = hour >= 1_003 && hour < 1_150;
    if (isSilent || random() > 0.35) continue;
    rows.push({ hour, value: isBlocked ? 0.75 : random() < 0.02 ? 0.7 : 0 });
  }
  return rows;
}

describe('a site measured by volunteers', () => {
  const stories = SEEDS.map((seed) => anomalies(sparselyMeasured(seed)));

  it.each([
    { what: 'the silence', from: 1_003, to: 1_015, causes: ['silence'] },
    { what: 'the block after it', from: 1_003, to: 1_060, causes: ['silence', 'above', 'livelier'] },
    { what: 'the end of the block', from: 1_150, to: 1_180, causes: ['below'] },
  ])('shows $what in seven of eight stories at least', ({ from, to, causes }) => {
    const shown = stories.filter((found) =>
      found.some(({ hour, cause }) => hour >= from && hour < to && causes.includes(cause)),
    );
    expect(shown.length).toBeGreaterThanOrEqual(7);
  });

  it('shows one other thing in a month at most', () => {
    const others = stories.flatMap((found) => found.filter(({ hour }) => hour < 900 || hour >= 1_180));
    expect(others.length).toBeLessThanOrEqual(SEEDS.length * 2);
  });
});

/** Connectivity of a province in tens of percent: a dip of one tenth the day before, then a blackout for most of a day. */
function province(withBlackout: boolean, seed: number): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: 120 }, (_, hour) => {
    const dip = hour >= 30 && hour < 35 ? 10 : withBlackout && random() < 0.02 ? 10 : 0;
    const fall = withBlackout && hour >= 64 && hour < 82 ? Math.min(80, (hour - 63) * 25) : 0;
    return { hour, value: Math.max(0, 100 - dip - fall) };
  });
}

describe.each(SEEDS)('a province in a blackout (%d)', (seed) => {
  it('is found while it falls, although a small dip came before it', () => {
    const found = anomalies(province(true, seed));
    expect(found.some(({ hour, cause }) => cause === 'below' && hour >= 64 && hour <= 68)).toBe(true);
  });

  it('is not found where there is none', () => {
    expect(anomalies(province(false, seed)).filter(({ hour }) => hour >= 60 && hour < 90)).toEqual([]);
  });
});

describe.each([0.2, 0.4, 0.7])('a service of which the share %f of the addresses is blocked', (share) => {
  it('is found at the first measurement that has any, once', () => {
    const rows = Array.from({ length: 90 }, (_, row) => ({ hour: row * 12, value: row < 60 ? 0 : share }));
    const found = anomalies(rows);
    expect(found.map(({ hour }) => hour)).toEqual([60 * 12]);
    expect(found[0]?.value).toBe(share);
  });
});
