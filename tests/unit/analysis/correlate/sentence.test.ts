/** Sentences about associations: each can be printed as it stands. */
import { describe, expect, it } from 'vitest';
import type { Association } from '../../../../src/analysis/correlate/association.ts';
import { associationSentence } from '../../../../src/analysis/correlate/sentence.ts';

const MINUTE_MS = 60_000;
type Numbers = Omit<Association, 'sentence'>;

function numbers(changes: Partial<Numbers> = {}): Numbers {
  return {
    kind: 'rally',
    platform: 'YouTube',
    operator: null,
    outcome: 'significant',
    significant: true,
    events: 10,
    eventsUnmeasured: 0,
    eventsWithBlock: 6,
    blocks: 7,
    blocksWithEvent: 6,
    comparableDays: 40,
    blockedShareInEvents: 0.48,
    blockedShareOtherwise: 0.02,
    relativeRisk: { value: 21.4, low: 8.2, high: 60.1 },
    medianOnsetLagMs: 5 * MINUTE_MS,
    pValue: 0.0004,
    pAdjusted: 0.0008,
    ...changes,
  };
}

describe('what is said of an association', () => {
  it('that holds: both shares, their ratio, the test, and that it is no cause', () => {
    expect(associationSentence(numbers(), 2)).toBe(
      'YouTube was blocked around 6 of 10 rallies: during 48 % of the time around them, and during 2 % of the same hours on comparable days without one, 21.4 times as much (95 % interval 8.2 to 60.1); permutation test against 40 comparable days, p < 0.001 after correction for 2 tests. The middle one of these blocks began 5 min after the event did. This shows that the two go together, not that one causes the other.',
    );
  });
  it('whose baseline was never blocked: no ratio', () => {
    const sentence = associationSentence(numbers({ blockedShareOtherwise: 0 }), 1);
    expect(sentence).toContain(
      'and never in the same hours on comparable days without one; permutation test',
    );
    expect(sentence).not.toContain('times as much');
  });
  it('that does not hold: so, before anything else', () => {
    const none = numbers({
      significant: false,
      outcome: 'not_significant',
      eventsWithBlock: 0,
      blockedShareInEvents: 0,
      blockedShareOtherwise: 0,
      relativeRisk: null,
      medianOnsetLagMs: null,
      pAdjusted: 1,
    });
    expect(associationSentence(none, 1)).toBe(
      'No pattern shown: YouTube was blocked around 0 of 10 rallies: at no moment of the time around them, and never in the same hours on comparable days without one (permutation test against 40 comparable days, p = 1.000).',
    );
  });
  it.each([
    {
      change: { events: 1, eventsWithBlock: 1 },
      says: 'Too few events: YouTube was blocked around 1 of 1 rally, which is not enough to tell a pattern from chance.',
    },
    {
      change: { kind: 'power_cut', events: 3, eventsWithBlock: 2, eventsUnmeasured: 2 },
      says: 'Too few events: YouTube was blocked around 2 of 3 power cuts, which is not enough to tell a pattern from chance. 2 more fell on days when it was not measured and are left out.',
    },
    {
      change: { events: 0, eventsWithBlock: 0 },
      says: 'Too few events: none of this kind (rally) fell on a day when YouTube was measured.',
    },
    {
      change: { comparableDays: 0 },
      says: 'Too few events: YouTube was blocked around 6 of 10 rallies, and there is no measured day of the same sort without one to compare with.',
    },
    { change: { kind: 'sports', events: 2, eventsWithBlock: 0 }, says: 'around 0 of 2 sports events' },
  ])('of which there are too few events: $says', ({ change, says }) => {
    const few = numbers({
      outcome: 'too_few_events',
      significant: false,
      pValue: null,
      pAdjusted: null,
      ...change,
    });
    expect(associationSentence(few, 1)).toContain(says);
  });
});
