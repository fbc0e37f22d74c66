import { describe, expect, it } from 'vitest';
import { createIntervalTicker } from '../../../src/agent/interval-ticker.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function ticking(everyMs: number, onTick: (atMs: number) => void) {
  const clock = new ManualClock();
  const ticker = createIntervalTicker({ clock, everyMsOf: () => everyMs });
  const schedule = ticker.schedule('* * * * * *', () => {
    onTick(clock.monotonicMs());
  });
  return { clock, schedule };
}

describe('the interval ticker', () => {
  it('ticks after each period, without drift', async () => {
    const ticks: number[] = [];
    const { clock } = ticking(1_000, (atMs) => ticks.push(atMs));
    await clock.advance(3_500);
    expect(ticks).toEqual([1_000, 2_000, 3_000]);
  });

  it('does not make up for ticks that it slept through, and keeps its beat', async () => {
    const ticks: number[] = [];
    const { clock } = ticking(1_000, (atMs) => ticks.push(atMs));
    clock.pass(2_600);
    await clock.advance(1_900);
    expect(ticks).toEqual([2_600, 3_000, 4_000]);
  });

  it('is silent once it is stopped', async () => {
    const ticks: number[] = [];
    const { clock, schedule } = ticking(1_000, (atMs) => ticks.push(atMs));
    await clock.advance(1_000);
    schedule.stop();
    await clock.advance(5_000);
    expect(ticks).toEqual([1_000]);
  });

  it.each([0, -1, Number.NaN])('refuses a period of %d ms', (everyMs) => {
    expect(() => ticking(everyMs, () => undefined)).toThrow(RangeError);
  });
});
