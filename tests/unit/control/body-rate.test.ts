import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyRate, RATE_BYTES_MIN } from '../../../src/control/body-rate.ts';

describe('bodyRate', () => {
  it('is the whole body over the whole time, the wait for its first byte included', () => {
    const progress = [
      { elapsedMs: 500, receivedBytes: 10_000 },
      { elapsedMs: 1_000, receivedBytes: 100_000 },
    ];
    expect(bodyRate(progress)).toBe(100_000);
  });

  it('says nothing of a body that fits into the first packets, of none, or of one without time', () => {
    expect(bodyRate([{ elapsedMs: 1, receivedBytes: RATE_BYTES_MIN - 1 }])).toBeNull();
    expect(bodyRate([])).toBeNull();
    expect(bodyRate([{ elapsedMs: 0, receivedBytes: RATE_BYTES_MIN }])).toBeNull();
  });

  it('never grows with the time that the same body took', () => {
    const times = fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 0, max: 60_000 }));
    fc.assert(
      fc.property(
        fc.integer({ min: RATE_BYTES_MIN, max: 1_048_576 }),
        times,
        (receivedBytes, [fast, more]) => {
          const quick = bodyRate([{ elapsedMs: fast, receivedBytes }]) ?? 0;
          const slow = bodyRate([{ elapsedMs: fast + more, receivedBytes }]) ?? 0;
          expect(slow).toBeLessThanOrEqual(quick);
        },
      ),
    );
  });
});
