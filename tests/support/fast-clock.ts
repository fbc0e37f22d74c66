/** A real clock that runs fast: what waits a minute waits a fraction of a second. For real sockets under long schedules. */
import { systemClock } from '../../probes/net/clock.ts';
import type { Clock } from '../../probes/probe.ts';

/** @param speed its seconds in one real second. */
export function createFastClock(speed: number, startMs = Date.UTC(2026, 5, 1)): Clock {
  const real = systemClock();
  const beganMs = real.monotonicMs();
  return {
    nowMs: () => Math.floor(startMs + (real.monotonicMs() - beganMs) * speed),
    monotonicMs: () => (real.monotonicMs() - beganMs) * speed,
    sleep: async (delayMs, signal) => real.sleep(delayMs / speed, signal),
  };
}
