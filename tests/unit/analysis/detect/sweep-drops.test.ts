import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';
import type { SweepPoint } from '../../../../src/analysis/detect/point.ts';
import { dropsDuring, sweepDrops } from '../../../../src/analysis/detect/sweep-drops.ts';
import { aSweep, T0_MS } from '../../../support/points.ts';

const ROUND_MS = 11 * 60_000;

/** Rounds of one operator; what is 1 is 1 with a little noise, as 64 blocks have it. */
function rounds(shares: readonly number[], changes: Partial<SweepPoint> = {}): SweepPoint[] {
  const random = seededRandom(4);
  return shares.map((share, index) => {
    const blocks = share === 1 && random() < 0.3 ? 63 / 64 : share;
    return aSweep({ atMs: T0_MS + index * ROUND_MS, upRatio: blocks, ...changes });
  });
}

function times(count: number, share: number): number[] {
  return Array.from({ length: count }, () => share);
}

const A_DAY = 130;

describe('sweepDrops(points)', () => {
  it('says nothing of a quiet week', () => {
    expect(sweepDrops(rounds(times(7 * A_DAY, 1)))).toEqual([]);
  });

  it('finds a cut in its first round, and its end', () => {
    const points = rounds([...times(A_DAY, 1), ...times(12, 0.02), ...times(20, 1)]);
    expect(sweepDrops(points)).toEqual([
      {
        operator: 'AS29355',
        place: 'unknown',
        startMs: T0_MS + A_DAY * ROUND_MS,
        endMs: T0_MS + (A_DAY + 12) * ROUND_MS,
        before: 1,
        lowest: 0.02,
      },
    ]);
  });

  it('finds one that goes on, also where not a share had moved before', () => {
    const points = [...times(60, 1), ...times(3, 0)].map((upRatio, index) =>
      aSweep({ atMs: T0_MS + index * ROUND_MS, upRatio }),
    );
    expect(sweepDrops(points)).toMatchObject([{ startMs: T0_MS + 60 * ROUND_MS, endMs: null, lowest: 0 }]);
  });

  it('is not alarmed by a few blocks, nor by what comes back better', () => {
    expect(sweepDrops(rounds([...times(A_DAY, 1), ...times(12, 0.9), ...times(A_DAY, 1)]))).toEqual([]);
    expect(sweepDrops(rounds([...times(A_DAY, 0.5), ...times(12, 0.99)]))).toEqual([]);
  });

  it('keeps operators apart', () => {
    const cut = rounds([...times(A_DAY, 1), ...times(5, 0)]);
    const well = rounds(times(A_DAY + 5, 1), { operator: 'AS21299' });
    const both = [...cut, ...well].sort((a, b) => a.atMs - b.atMs);
    expect(sweepDrops(both).map(({ operator }) => operator)).toEqual(['AS29355']);
  });

  it('judges each round by those before it: what comes later changes no start (property)', () => {
    const share = fc.constantFrom(0, 0.5, 0.97, 1);
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 30 }), fc.nat({ max: 30 }), (later, cut) => {
        const points = rounds([...times(60, 1), ...later]);
        const known = sweepDrops(points.slice(0, 60 + cut)).map(({ startMs }) => startMs);
        const all = sweepDrops(points).map(({ startMs }) => startMs);
        expect(all.slice(0, known.length)).toEqual(known);
      }),
      { numRuns: 50 },
    );
  });
});

describe('dropsDuring(drops, incident, slackMs)', () => {
  const [drop] = sweepDrops(rounds([...times(A_DAY, 1), ...times(12, 0), ...times(5, 1)]));
  const startMs = T0_MS + A_DAY * ROUND_MS;

  it.each([
    { title: 'at the same time on the same operator', operators: ['AS29355'], shiftMs: 0, isFound: true },
    { title: 'on another operator', operators: ['AS21299'], shiftMs: 0, isFound: false },
    { title: 'a day before', operators: ['AS29355'], shiftMs: -86_400_000, isFound: false },
    { title: 'a day after', operators: ['AS29355'], shiftMs: 86_400_000, isFound: false },
    { title: 'a round before it showed', operators: ['AS29355'], shiftMs: -2 * ROUND_MS, isFound: true },
  ])('$title: $isFound', ({ operators, shiftMs, isFound }) => {
    const incident = { operators, startMs: startMs + shiftMs, endMs: startMs + shiftMs + ROUND_MS };
    expect(dropsDuring(drop === undefined ? [] : [drop], incident, ROUND_MS)).toHaveLength(isFound ? 1 : 0);
  });
});
