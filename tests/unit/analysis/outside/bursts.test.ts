import { describe, expect, it } from 'vitest';
import { burstsOf } from '../../../../src/analysis/outside/bursts.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** One every three hours for three days. */
const QUIET = Array.from({ length: 24 }, (_, n) => n * 3 * HOUR_MS);
const AT = 50 * HOUR_MS + 900_000;
const BURST = Array.from({ length: 30 }, (_, n) => AT + n * 9_000);

function mixed(...parts: readonly (readonly number[])[]): number[] {
  return parts.flat().sort((a, b) => a - b);
}

describe('burstsOf(instants, window, level)', () => {
  it.each([
    { title: 'nothing', instants: [] },
    { title: 'one instant', instants: [5] },
    { title: 'an even flow', instants: QUIET },
    {
      title: 'two close ones in an even flow',
      instants: mixed(QUIET, [10 * HOUR_MS, 10 * HOUR_MS + 60_000]),
    },
  ])('finds none in $title', ({ instants }) => {
    expect(burstsOf(instants, 3 * DAY_MS, 3)).toEqual([]);
  });

  it('finds where many come at once, from the first to the last of them', () => {
    const [burst, ...others] = burstsOf(mixed(QUIET, BURST), 3 * DAY_MS, 3);
    expect(others).toEqual([]);
    expect(burst).toMatchObject({ startMs: AT, endMs: BURST.at(-1) });
    expect(burst?.level).toBeGreaterThanOrEqual(3);
  });

  it('tells two bursts apart', () => {
    const later = BURST.map((atMs) => atMs + 6 * HOUR_MS);
    const starts = burstsOf(mixed(QUIET, BURST, later), 3 * DAY_MS, 3).map(({ startMs }) => startMs);
    expect(starts).toEqual([AT, AT + 6 * HOUR_MS]);
  });

  it('bears many instants in one millisecond', () => {
    const [burst] = burstsOf(mixed(QUIET, new Array<number>(50).fill(AT)), 3 * DAY_MS, 3);
    expect(burst).toMatchObject({ startMs: AT, endMs: AT });
  });
});
