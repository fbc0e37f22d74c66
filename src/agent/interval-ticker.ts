/** Ticker with a plain period: the demo's rounds follow the scenario's cadence and not the wall clock's minutes. */
import type { Clock } from '../../probes/probe.ts';
import type { Ticker } from './ticker.ts';

/** `everyMsOf` gives the period of an expression in the milliseconds that `clock.sleep` takes; ticks do not drift. */
export function createIntervalTicker(options: {
  readonly clock: Clock;
  readonly everyMsOf: (cron: string) => number;
}): Ticker {
  const { clock, everyMsOf } = options;

  async function tick(everyMs: number, signal: AbortSignal, onTick: () => void): Promise<void> {
    let dueMs = clock.monotonicMs() + everyMs;
    for (;;) {
      await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
      if (signal.aborted) return;
      onTick();
      // Ticks that were missed are not made up for.
      const lateMs = Math.max(0, clock.monotonicMs() - dueMs);
      dueMs += everyMs * (1 + Math.floor(lateMs / everyMs));
    }
  }

  return {
    schedule(cron, onTick) {
      const everyMs = everyMsOf(cron);
      if (!(everyMs > 0)) throw new RangeError(`period of "${cron}" must be above 0 ms, got ${everyMs}`);
      const stopping = new AbortController();
      void tick(everyMs, stopping.signal, onTick);
      return {
        stop() {
          stopping.abort();
        },
      };
    },
  };
}
