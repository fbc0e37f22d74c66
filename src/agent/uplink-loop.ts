/** Carries the spool's entries to the collector, oldest first, and says every heartbeat interval that the vantage lives. */
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Spool, Uplink, VantageState } from './spool.ts';

export const BATCH_ENTRIES_MAX = 200;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_CAP_MS = 60_000;
const BACKOFF_DOUBLINGS_MAX = 16;
/** How long a stop waits for the batch under way and for what is left. */
const DRAIN_MS_MAX = 5_000;

export interface UplinkLoopOptions {
  readonly spool: Spool;
  readonly uplink: Uplink;
  readonly state: () => VantageState;
  /** Wall milliseconds, as `clock.sleep` takes them. */
  readonly heartbeatIntervalMs: number;
  /** Wall milliseconds between two batches, so that a far collector gets few and full ones; default 0. */
  readonly gatherMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1; spreads the retries of a fleet. */
  readonly random: () => number;
}

export interface UplinkLoop {
  /** Sends what is left as long as that goes well, at most DRAIN_MS_MAX; what is not acknowledged stays in the spool. */
  stop(): Promise<void>;
}

export function startUplinkLoop(options: UplinkLoopOptions): UplinkLoop {
  const loop = new Loop(options);
  const running = loop.run();
  return {
    async stop() {
      await loop.stop(running);
    },
  };
}

class Loop {
  readonly #options: UplinkLoopOptions;
  readonly #stopping = new AbortController();
  #failures = 0;
  #beatAtMs = -Infinity;

  constructor(options: UplinkLoopOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { clock, random, gatherMs = 0 } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await this.#untilDue();
      if (signal.aborted) return;
      if (await this.#deliver()) {
        if (gatherMs > 0) await clock.sleep(gatherMs, signal);
        continue;
      }
      const doublings = Math.min(this.#failures - 1, BACKOFF_DOUBLINGS_MAX);
      const backoffMs = Math.min(BACKOFF_CAP_MS, BACKOFF_FIRST_MS * 2 ** doublings);
      await clock.sleep(backoffMs * (0.5 + random() / 2), signal);
    }
  }

  async stop(running: Promise<void>): Promise<void> {
    this.#stopping.abort();
    const enough = new AbortController();
    const drained = running
      .then(async () => this.#drain(enough.signal))
      .finally(() => {
        enough.abort();
      });
    await Promise.race([drained, this.#options.clock.sleep(DRAIN_MS_MAX, enough.signal)]);
    enough.abort();
  }

  async #drain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#options.spool.depth() > 0) {
      if (!(await this.#deliver())) return;
    }
  }

  /** One batch, possibly empty. True when it is safe elsewhere. */
  async #deliver(): Promise<boolean> {
    const { spool, uplink, state, clock, log } = this.#options;
    try {
      const batch = await spool.peek(BATCH_ENTRIES_MAX);
      await uplink.deliver(batch, state());
      this.#beatAtMs = clock.monotonicMs();
      const last = batch.at(-1);
      if (last !== undefined) await spool.acknowledge(last.sequence);
      if (this.#failures > 0)
        log.info({ failures: this.#failures, waiting: spool.depth() }, 'The collector answers again.');
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures += 1;
      // An outage is said once: its next message is its end.
      if (this.#failures === 1) {
        const fields = { error: String(error), waiting: spool.depth() };
        log.warn(fields, 'Could not deliver; the measurements stay in the spool, and it is tried again.');
      }
      return false;
    }
  }

  /** Until there is something to send, or the next heartbeat is due. */
  async #untilDue(): Promise<void> {
    const { spool, clock, heartbeatIntervalMs } = this.#options;
    const waiting = new AbortController();
    function stop(): void {
      waiting.abort();
    }
    this.#stopping.signal.addEventListener('abort', stop);
    if (this.#stopping.signal.aborted) stop();
    const dueInMs = Math.max(0, this.#beatAtMs + heartbeatIntervalMs - clock.monotonicMs());
    await Promise.race([spool.waitForEntries(waiting.signal), clock.sleep(dueInMs, waiting.signal)]);
    stop();
    this.#stopping.signal.removeEventListener('abort', stop);
  }
}
