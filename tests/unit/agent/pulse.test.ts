import { describe, expect, it } from 'vitest';
import { startPulse } from '../../../src/agent/pulse.ts';

/** A clock whose sleeps end when the test says so, however late. */
function sleepyClock() {
  let nowMs = 0;
  let wake: (() => void) | null = null;
  return {
    clock: {
      monotonicMs: () => nowMs,
      sleep: async () =>
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
    },
    wakeAt: async (atMs: number) => {
      nowMs = atMs;
      wake?.();
      await Promise.resolve();
      await Promise.resolve();
    },
    at: (atMs: number) => {
      nowMs = atMs;
    },
  };
}

describe('startPulse(clock)', () => {
  it('sees no stall while timers come in time', async () => {
    const { clock, wakeAt } = sleepyClock();
    const pulse = startPulse(clock);
    for (const atMs of [51, 103, 160]) await wakeAt(atMs);
    expect(pulse.stalledMs(0)).toBe(0);
    pulse.stop();
  });

  it('counts how late a timer was, for runs that were under way then and for no others', async () => {
    const { clock, wakeAt } = sleepyClock();
    const pulse = startPulse(clock);
    await wakeAt(50);
    await wakeAt(1_100);
    expect(pulse.stalledMs(0)).toBe(985);
    expect(pulse.stalledMs(1_100)).toBe(0);
    pulse.stop();
  });

  it('counts a stall that is still going on when it is asked', () => {
    const { clock, at } = sleepyClock();
    const pulse = startPulse(clock);
    at(565);
    expect(pulse.stalledMs(0)).toBe(500);
    pulse.stop();
  });
});
