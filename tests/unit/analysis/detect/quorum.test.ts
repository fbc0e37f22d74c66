/** When vantages that are cut off together mean a shutdown, and when they mean only themselves. */
import { describe, expect, it } from 'vitest';
import { quorumOf } from '../../../../src/analysis/detect/quorum.ts';
import type { VantageState } from '../../../../src/analysis/detect/state.ts';
import { T0_MS } from '../../../support/points.ts';

const FIXED = ['almaty', 'astana', 'oral', 'zhanaozen', 'aktau'].map((place) => aVantage(place, 'AS9198'));
const MOBILE = ['almaty', 'oral', 'zhanaozen'].map((place) => aVantage(place, 'AS29355'));
const ALL = [...FIXED, ...MOBILE];

function aVantage(place: string, operator: string): VantageState {
  return {
    vantage: `${place}-${operator}`,
    operator,
    place,
    access: operator === 'AS9198' ? 'fixed' : 'mobile',
    lastHeardMs: T0_MS,
    lastUpMs: T0_MS,
    candidate: 'dark',
    candidateCount: 2,
    candidateSinceMs: T0_MS,
    reach: 'dark',
    sinceMs: T0_MS,
    words: { offline: 3 },
    isPending: true,
  };
}

function quorum(gone: readonly VantageState[]): string[] | null {
  return quorumOf(gone, gone, ALL)?.map(({ vantage }) => vantage) ?? null;
}

function inPlaces(...places: string[]): VantageState[] {
  return FIXED.filter(({ place }) => places.includes(place));
}

describe('quorumOf(fresh, away, active)', () => {
  it('finds the lines of one operator cut in several places at once, although it works elsewhere', () => {
    expect(quorum(inPlaces('oral', 'zhanaozen'))).toEqual(['oral-AS9198', 'zhanaozen-AS9198']);
  });

  it('does not take one place for several', () => {
    expect(quorum(inPlaces('oral'))).toBeNull();
  });

  it('wants a record of each: silence in two places may be chance', () => {
    const silent = inPlaces('oral', 'zhanaozen').map((one) => ({ ...one, words: {} }));
    expect(quorum(silent)).toBeNull();
  });

  it('wants them to begin together, as one order does', () => {
    const apart = inPlaces('oral', 'zhanaozen').map((one, n) => ({ ...one, sinceMs: T0_MS + n * 180_000 }));
    expect(quorum(apart)).toBeNull();
  });

  it('wants each place whole: where another line of the place works, it is that operator’s own trouble', () => {
    const other = { ...aVantage('oral', 'AS21299'), access: 'fixed', reach: 'up' as const };
    const gone = inPlaces('oral', 'zhanaozen');
    expect(quorumOf(gone, gone, [...ALL, other])).toBeNull();
  });
});
