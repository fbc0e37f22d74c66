/**
 * Looks at some platforms more closely for a while, as when somebody is live there. Between the plan's own rounds, never against the
 * data budget: as soon as that thins anything out, nothing is added to it.
 */
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Clock } from '../../probes/probe.ts';

/** Between two closer looks, wall milliseconds. */
export const CLOSE_MS = 30_000;

export interface CloseWatchOptions {
  readonly targets: readonly PlannedTarget[];
  readonly clock: Clock;
  /** Whether the data budget still allows everything. */
  readonly mayAdd: () => boolean;
  /** One light check; never rejects. */
  readonly check: (target: PlannedTarget) => Promise<unknown>;
  readonly signal: AbortSignal;
}

export class CloseWatch {
  readonly #options: CloseWatchOptions;
  #platforms: ReadonlySet<string> = new Set();
  #running: Promise<void> | null = null;

  constructor(options: CloseWatchOptions) {
    this.#options = options;
  }

  set(platforms: ReadonlySet<string>): void {
    this.#platforms = platforms;
    if (platforms.size > 0) this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /** Once the signal has aborted. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { targets, clock, mayAdd, check, signal } = this.#options;
    while (this.#platforms.size > 0 && !signal.aborted) {
      const watched = targets.filter(
        ({ probe, platform }) => probe === 'web' && this.#platforms.has(platform),
      );
      if (mayAdd()) await Promise.all(watched.map(check));
      await clock.sleep(CLOSE_MS, signal);
    }
  }
}
