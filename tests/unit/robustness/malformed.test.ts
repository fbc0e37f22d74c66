/** A short run of what `npm run bench -- fuzz` does a million times. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/malformed.ts';
import { createTrials, PATHS } from '../../support/robustness.ts';

const INPUTS = 3_000;
const SLOWEST_MS = 1_000;

describe('malformed input', () => {
  it.each(PATHS)('crashes and hangs nothing on the way of the %s', async (path) => {
    const trial = (await createTrials())[path];
    const random = seededRandom(20_261_123);
    const faults: string[] = [];
    for (let n = 0; n < INPUTS; n += 1) {
      const startedMs = performance.now();
      try {
        trial(random);
      } catch (error) {
        faults.push(`input ${n}: ${String(error)}`);
      }
      if (performance.now() - startedMs > SLOWEST_MS) faults.push(`input ${n} took too long`);
    }
    expect(faults).toEqual([]);
  });
});
