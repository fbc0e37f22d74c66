/** A clock whose wall side runs through a scenario's time; see docs/decisions/0003-scenario-time-in-the-demo.md. */
import type { Clock } from '../../probes/probe.ts';

export interface ScaledClockOptions {
  readonly real: Clock;
  /** Scenario time at `startWallMs`, UTC epoch ms. */
  readonly originMs: number;
  /** The real wall clock's reading at which the scenario began, UTC epoch ms; kept so that a killed demo goes on. */
  readonly startWallMs: number;
  /** Scenario seconds per real second. */
  readonly speed: number;
}

/**
 * `nowMs` is scenario time, running `speed` times as fast as the real wall clock; `monotonicMs` and `sleep` stay real, so
 * that latencies and deadlines keep their meaning. Throws RangeError for a speed that is not a positive number.
 */
export function createScaledClock(options: ScaledClockOptions): Clock {
  const { real, originMs, startWallMs, speed } = options;
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new RangeError(`speed must be a positive number, not ${String(speed)}`);
  }
  return {
    nowMs: () => originMs + (real.nowMs() - startWallMs) * speed,
    monotonicMs: () => real.monotonicMs(),
    sleep: (delayMs, signal) => real.sleep(delayMs, signal),
  };
}
