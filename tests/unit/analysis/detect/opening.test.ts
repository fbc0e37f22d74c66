/** When there is enough evidence, and when more is waited for. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS, thresholdsOf } from '../../../../src/analysis/detect/config.ts';
import { newTest } from '../../../../src/analysis/detect/evidence.ts';
import { hasCandidate, openable } from '../../../../src/analysis/detect/opening.ts';
import type { Moment } from '../../../../src/analysis/detect/opening.ts';
import { initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Cell, Test } from '../../../../src/analysis/detect/state.ts';
import { MINUTE_MS, T0_MS } from '../../../support/points.ts';

const THRESHOLDS = thresholdsOf(DETECTOR_DEFAULTS, 16);
const STATE = initialState(DETECTOR_DEFAULTS);

function at(minutes: number): Moment {
  return { state: STATE, thresholds: () => THRESHOLDS, nowMs: T0_MS + minutes * MINUTE_MS };
}

/** A test since T0 with this share of the evidence that opens it alone. */
function test(share: number, method: string, changes: Partial<Test> = {}): Test {
  const full = THRESHOLDS.open * share;
  const since = { fullSinceMs: T0_MS, lastBadMs: T0_MS };
  return { ...newTest(), full, ...since, methods: { [method]: 1 }, badCount: 2, count: 2, ...changes };
}

function cell(vantage: string, platform: string, changes: Partial<Cell> = {}): Cell {
  const rest = { operator: 'AS1', place: 'almaty', access: 'mobile', target: `${platform}-www` };
  const noise = { lastMs: T0_MS, cadenceMs: MINUTE_MS, noiseBad: 0, noiseCount: 0, recent: [], run: 0 };
  return { vantage, platform, ...rest, ...noise, tests: {}, ...changes };
}

function opened(moment: Moment, ...cells: readonly Cell[]): string[] {
  const byKey = Object.fromEntries(cells.map((one) => [`${one.vantage}|${one.target}`, one]));
  const found = openable(moment, byKey);
  if (found.size > 0) expect(hasCandidate(moment, cells)).toBe(true);
  return [...found.keys()];
}

describe('openable(moment, cells)', () => {
  it('opens an answer that was forged as soon as there is evidence enough', () => {
    expect(opened(at(0), cell('a', 'youtube', { tests: { block: test(1, 'reset') } }))).toEqual([
      'a|youtube-www',
    ]);
    expect(opened(at(0), cell('a', 'youtube', { tests: { block: test(0.99, 'reset') } }))).toEqual([]);
  });

  it('asks half of each where two vantages see the same of one platform at the same time', () => {
    const half = { tests: { block: test(0.5, 'reset') } };
    expect(opened(at(0), cell('a', 'youtube', half), cell('b', 'youtube', half))).toHaveLength(2);
    expect(opened(at(0), cell('a', 'youtube', half), cell('b', 'vk', half))).toEqual([]);
    const later = { tests: { block: test(0.5, 'reset', { lastBadMs: T0_MS + 6 * MINUTE_MS }) } };
    expect(opened(at(6), cell('a', 'youtube', half), cell('b', 'youtube', later))).toEqual([]);
  });

  it('does not take two targets at one vantage for two witnesses', () => {
    const half = { tests: { block: test(0.5, 'reset') } };
    expect(
      opened(at(0), cell('a', 'youtube', half), cell('a', 'youtube', { ...half, target: 'youtube-api' })),
    ).toEqual([]);
  });

  it('waits with a silence for what the other platforms of the vantage lose, a round and a quarter at most', () => {
    const silent = cell('a', 'youtube', { tests: { block: test(1.5, 'drop') } });
    const unheard = cell('a', 'vk', { recent: [T0_MS - MINUTE_MS] });
    const heard = cell('a', 'vk', { recent: [T0_MS + 1] });
    expect(opened(at(1), silent, unheard)).toEqual([]);
    expect(opened(at(1), silent, heard)).toEqual(['a|youtube-www']);
    expect(opened(at(1.25), silent, unheard)).toEqual(['a|youtube-www']);
  });

  it('believes no silence where the other platforms lose as much', () => {
    const silent = cell('a', 'youtube', { tests: { block: test(1.5, 'drop', { noiseAssumed: 0.01 }) } });
    const lossy = ['vk', 'x', 'telegram'].map((platform) =>
      cell('a', platform, { recent: [T0_MS + 1, -(T0_MS + 2), -(T0_MS + 3), T0_MS + 4] }),
    );
    expect(opened(at(2), silent, ...lossy)).toEqual([]);
  });
});

describe('thresholdsOf(config, targets)', () => {
  it('shares the allowance among all targets of a vantage, of which few count as sixteen', () => {
    function open(targets: number): number {
      return thresholdsOf(DETECTOR_DEFAULTS, targets).open;
    }
    expect(open(74) - open(16)).toBeCloseTo(Math.log(74 / 16));
    expect([open(0), open(1), open(15)]).toEqual([open(16), open(16), open(16)]);
  });
});

describe('hasCandidate(moment, cells)', () => {
  it('is so from half of the evidence on, for what is not open yet', () => {
    const cells = [0.49, 0.5].map((share) => cell('a', 'youtube', { tests: { block: test(share, 'drop') } }));
    expect(cells.map((one) => hasCandidate(at(0), [one]))).toEqual([false, true]);
    const open = cell('a', 'youtube', { tests: { block: test(2, 'drop', { isOpen: true }) } });
    expect(hasCandidate(at(0), [open, cell('a', 'vk')])).toBe(false);
  });
});
