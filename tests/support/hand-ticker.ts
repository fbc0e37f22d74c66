/** A Ticker that ticks when a test says so. */
import type { Ticker } from '../../src/agent/ticker.ts';

export class HandTicker implements Ticker {
  readonly #onTick = new Map<string, () => void>();

  schedule(cron: string, onTick: () => void): { stop(): void } {
    this.#onTick.set(cron, onTick);
    return { stop: () => this.#onTick.delete(cron) };
  }

  /** What is scheduled, in order. */
  crons(): string[] {
    return [...this.#onTick.keys()];
  }

  tick(cron: string): void {
    this.#onTick.get(cron)?.();
  }
}
