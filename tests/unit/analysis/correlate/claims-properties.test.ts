/** What holds of every statement: stances are mirror images, and the whole is the sum of its parts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aClaim, examine, HOUR_MS, KNOWN, seenOn } from '../../../support/claims.ts';

const words = fc.uniqueArray(fc.constantFrom(...KNOWN, 'linkedin', 'internet', 'mobile', 'social networks'), {
  maxLength: 4,
});
const place = fc.constantFrom('almaty', 'astana', 'aktau');
const operator = fc.constantFrom('AS29355', 'AS9198', 'AS21299');
const access = fc.constantFrom('mobile', 'fixed');
const claims = fc.record({
  platforms: words,
  places: fc.uniqueArray(place, { maxLength: 2 }),
  operators: fc.array(
    fc.record({ name: fc.constant('x'), asns: fc.uniqueArray(operator, { maxLength: 2 }) }),
    {
      maxLength: 2,
    },
  ),
  span: fc.nat(12),
});
const measuredHours = fc.array(
  fc.record({
    platform: fc.constantFrom(...KNOWN),
    operator,
    place,
    access,
    startMs: fc.nat(12).map((n) => n * HOUR_MS),
  }),
  { maxLength: 60 },
);
const incidents = fc.array(
  fc
    .record({
      kind: fc.constantFrom('platform_block', 'throttling', 'shutdown', 'mobile_shutdown', 'target_down'),
      platform: fc.constantFrom(...KNOWN),
      operator,
      place,
      access,
      start: fc.nat(12),
      length: fc.nat(4),
    })
    .map(({ start, length, ...one }) =>
      seenOn({ ...one, startMs: start * HOUR_MS, endMs: (start + length) * HOUR_MS }),
    ),
  { maxLength: 4 },
);
const FLIPPED = {
  supported: 'contradicted',
  contradicted: 'supported',
  not_measured: 'not_measured',
} as const;

describe('of every statement', () => {
  const questions = fc.record({ claim: claims, measured: measuredHours, seen: incidents });
  function answers({
    claim: { span, ...named },
    measured,
    seen,
  }: typeof questions extends fc.Arbitrary<infer Q> ? Q : never) {
    const claim = aClaim({ ...named, toMs: span * HOUR_MS });
    return {
      denial: examine({ ...claim, stance: 'denies' }, seen, measured),
      confirmation: examine({ ...claim, stance: 'confirms' }, seen, measured),
    };
  }

  it('flipping the stance flips supported and contradicted of each part, and leaves not measured alone', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { denial, confirmation } = answers(question);
        expect(confirmation.parts).toEqual(
          denial.parts.map((part) => ({ ...part, finding: FLIPPED[part.finding] })),
        );
      }),
    );
  });
  it('flipping the stance flips the whole, unless its parts disagree: then both are contradicted', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { denial, confirmation } = answers(question);
        expect(confirmation.isMixed).toBe(denial.isMixed);
        expect(confirmation.finding).toBe(denial.isMixed ? 'contradicted' : FLIPPED[denial.finding]);
      }),
    );
  });
  it('the whole is supported only where nothing measured disagrees, and not measured only where no part was', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { finding, parts } = answers(question).denial;
        const found = new Set(parts.map((part) => part.finding));
        expect(finding === 'contradicted').toBe(found.has('contradicted'));
        expect(finding === 'supported').toBe(found.has('supported') && !found.has('contradicted'));
        expect(finding === 'not_measured').toBe(!found.has('supported') && !found.has('contradicted'));
      }),
    );
  });
  it('what was measured of another platform changes nothing', () => {
    fc.assert(
      fc.property(questions, fc.constantFrom(...KNOWN), (question, other) => {
        const claim = {
          ...question.claim,
          platforms: question.claim.platforms.filter((word) => word === 'youtube'),
        };
        const without = question.measured.filter(
          ({ platform }) => platform === 'youtube' || platform !== other,
        );
        expect(answers({ ...question, claim }).denial).toEqual(
          answers({ ...question, claim, measured: without }).denial,
        );
      }),
    );
  });
});
