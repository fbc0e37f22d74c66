/**
 * Notices when this process was kept from running: a busy machine, a long pause of the collector of garbage, a laptop that
 * slept. A deadline that passes meanwhile was missed by us and not by the network.
 */
import type { Clock } from '../../probes/probe.ts';

const BEAT_MS = 50;
/** Timers are this late on a machine that has time. */
const USUAL_LATENESS_MS = 15;
/** Looked back at most; no run lasts longer. */
const KEPT_MS = 180_000;
const STALLS_MAX = 4_000;

export interface Pulse {
  /** Milliseconds since `sinceMs` (monotonic) in which this process should have run and did not. */
  stalledMs(sinceMs: number): number;
  stop(): void;
}

export function startPulse(clock: Pick<Clock, 'monotonicMs' | 'sleep'>): Pulse {
  const stopping = new AbortController();
  let stalls: { readonly endedMs: number; readonly lateMs: number }[] = [];
  let beatMs = clock.monotonicMs();

  /** The beat that is due now counts as well: whoever asks may be the first to run after a stall. */
  function lateNowMs(): number {
    return Math.max(0, clock.monotonicMs() - beatMs - BEAT_MS - USUAL_LATENESS_MS);
  }

  async function beat(): Promise<void> {
    while (!stopping.signal.aborted) {
      beatMs = clock.monotonicMs();
      await clock.sleep(BEAT_MS, stopping.signal);
      const nowMs = clock.monotonicMs();
      const lateMs = lateNowMs();
      if (lateMs > 0) stalls.push({ endedMs: nowMs, lateMs });
      if (stalls.length > STALLS_MAX || (stalls[0]?.endedMs ?? nowMs) < nowMs - KEPT_MS) {
        stalls = stalls.filter(({ endedMs }) => endedMs >= nowMs - KEPT_MS).slice(-STALLS_MAX / 2);
      }
    }
  }

  void beat();
  return {
    stalledMs: (sinceMs) =>
      stalls.reduce((sum, { endedMs, lateMs }) => (endedMs > sinceMs ? sum + lateMs : sum), lateNowMs()),
    stop() {
      stopping.abort();
    },
  };
}
