/** What a run looks like at first sight decides whether it is looked at again at once. */
import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../../probes/measurement.ts';
import { looksReachable } from '../../../src/agent/keeping.ts';
import { webKeys, webMeasurement } from '../../support/agent-records.ts';

const BYTES = 131_072;

function transfer(role: Transfer['role'], bytesPerSecond: number): Transfer {
  const samples: [number, number][] = [[(BYTES / bytesPerSecond) * 1_000, BYTES]];
  return { role, url: 'https://a.test/', host: 'a.test', samples, handshake_ms: 60, failure: null };
}

function throughput(targetRate: number, pairedRate: number) {
  const turn = [transfer('target', targetRate), transfer('paired', pairedRate)];
  const base = webMeasurement({ depth: 'full' });
  return {
    ...base,
    test_keys: { ...webKeys(), x_aiqyn_throughput: [...turn, ...turn] },
    x_aiqyn_target: { id: 'a', platform: 'youtube', probe: 'throughput', depth: 'full' } as const,
  };
}

describe('looksReachable(throughput)', () => {
  it('is false where the page crawls and its pair does not, although every transfer came whole', () => {
    expect(looksReachable(throughput(18_000, 900_000))).toBe(false);
  });

  it.each([
    ['both are fast', 900_000, 900_000],
    ['the whole line is slow', 18_000, 18_000],
  ])('is true where %s', (_, target, paired) => {
    expect(looksReachable(throughput(target, paired))).toBe(true);
  });
});
