/** Trinocular's numbers (Quan, Heidemann, Pradkin 2013), reckoned by hand from its table of conditional probabilities. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carried, stateOf, UP_ABOVE, updated } from '../../../../probes/sweep/belief.ts';

function after(belief: number, availability: number, answers: string): number {
  return Array.from(answers).reduce((now, answer) => updated(now, availability, answer === 'p'), belief);
}

describe('updated(belief, availability, answered)', () => {
  it.each([
    // 0.5·0.5 / (0.5·0.5 + 0.5·0.99/256)
    { from: 0.5, availability: 0.5, answers: 'p', belief: 0.99233 },
    // 0.5·0.5 / (0.5·0.5 + 0.5·(1 − 0.99/256))
    { from: 0.5, availability: 0.5, answers: 'n', belief: 0.3342 },
    { from: 0.5, availability: 0.5, answers: 'nnn', belief: 0.11224 },
    { from: 0.5, availability: 0.5, answers: 'nnnn', belief: 0.0597 },
    { from: 0.9, availability: 0.9, answers: 'n', belief: 0.47465 },
    { from: 0.9, availability: 0.9, answers: 'nn', belief: 0.08316 },
    { from: 0.1, availability: 0.2, answers: 'p', belief: 0.85176 },
  ])('from $from, A = $availability, $answers: $belief', ({ from, availability, answers, belief }) => {
    expect(after(from, availability, answers)).toBeCloseTo(belief, 4);
  });

  it('one answer settles a block, however seldom it answers', () => {
    expect(stateOf(updated(carried(0.01), 0.36, true))).toBe('up');
    expect(stateOf(updated(UP_ABOVE, 0.1, true))).toBe('up');
  });

  it('one silence settles nothing, even where all had answered before', () => {
    expect(stateOf(updated(carried(0.999), 1, false))).toBe('uncertain');
    expect(stateOf(updated(UP_ABOVE, 1, false))).toBe('uncertain');
  });

  it('an answer never lowers it, a silence never raises it, and it stays a probability (property)', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.9, noNaN: true }), share, (belief, availability) => {
        const up = updated(belief, availability, true);
        const down = updated(belief, availability, false);
        expect(up).toBeGreaterThan(belief);
        expect(down).toBeLessThan(belief);
        expect(up).toBeLessThanOrEqual(1);
        expect(down).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('the order of answers does not matter (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 8 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (answers, a) => {
          const there = answers.reduce((now, one) => updated(now, a, one), 0.5);
          const back = answers.toReversed().reduce((now, one) => updated(now, a, one), 0.5);
          expect(back).toBeCloseTo(there, 9);
        },
      ),
    );
  });
});

describe('carried(belief)', () => {
  it('leaves what the last round said as the likelier, but never as certain', () => {
    expect([0.9999, 0.7, 0.001].map(carried)).toEqual([0.9, 0.7, 0.1]);
    expect([0.9999, 0.001].map((belief) => stateOf(carried(belief)))).toEqual(['uncertain', 'uncertain']);
  });
});
