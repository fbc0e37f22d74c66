import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFping } from '../../../../probes/net/sweep-fping.ts';

describe('readFping(output)', () => {
  it('tells answers from silence', () => {
    const output = '2.72.0.1    : 81.3\n2.72.100.200 : -\n2.72.0.3    : 0.06\n';
    expect(readFping(output)).toEqual([
      { address: '2.72.0.1', answered: true, rttMs: 81.3 },
      { address: '2.72.100.200', answered: false, rttMs: null },
      { address: '2.72.0.3', answered: true, rttMs: 0.06 },
    ]);
  });

  it('does not count what was never sent as silence', () => {
    const output =
      '2.72.0.1: error while sending ping: Operation not permitted\n2.72.0.1 : -\n2.72.0.2 : 4\n';
    expect(readFping(output)).toEqual([{ address: '2.72.0.2', answered: true, rttMs: 4 }]);
  });

  it('passes over what routers say, and what is no line of its own', () => {
    const output =
      'ICMP Host Unreachable from 10.0.0.1 for ICMP Echo sent to 2.72.0.1\n2.72.0.1 : -\n : 3\n2.72.0.9 : x\n2.72.0.8 : 3 4\n';
    expect(readFping(output)).toEqual([{ address: '2.72.0.1', answered: false, rttMs: null }]);
  });

  it('takes any text without failing, and gives finite times (property)', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('2.72.0.1', ' : ', '-', '12.5', '\n', ': error while sending ping'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const { answered, rttMs } of readFping(pieces.join(''))) {
          expect(answered).toBe(rttMs !== null);
          expect(rttMs === null || Number.isFinite(rttMs)).toBe(true);
        }
      }),
    );
  });
});
