/** A Clock that stands still until a test moves it. Sleepers wake in the order of their time. */
import type { Clock } from '../../probes/probe.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** @param startMs UTC epoch milliseconds; the monotonic side starts at 0. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallMs = startMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** How many sleepers wait now. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#monotonicMs + delayMs, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Moves both sides without waking anybody: for fakes that only let time pass. */
  pass(durationMs: number): void {
    this.#monotonicMs += durationMs;
    this.#wallMs += durationMs;
  }

  /** Moves both sides, waking each sleeper at its own time and letting what it started run before going on. */
  async advance(durationMs: number): Promise<void> {
    await settle();
    const untilMs = this.#monotonicMs + durationMs;
    for (let next = this.#nextDue(untilMs); next !== null; next = this.#nextDue(untilMs)) {
      this.pass(Math.max(0, next.dueMs - this.#monotonicMs));
      next.wake();
      await settle();
    }
    this.pass(untilMs - this.#monotonicMs);
    await settle();
  }

  /** Sets the wall clock alone, as a correction of the machine's time does. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  #nextDue(untilMs: number): Sleeper | null {
    let next: Sleeper | null = null;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs <= untilMs && (next === null || sleeper.dueMs < next.dueMs)) next = sleeper;
    }
    return next;
  }
}

/** Lets every promise that can settle now do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
