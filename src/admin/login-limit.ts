/** How often somebody may be wrong: few times from one address, more from all together. In memory alone; addresses are never kept. */
import type { Clock } from '../../probes/probe.ts';

const WINDOW_MS = 15 * 60_000;
const PER_ADDRESS_MAX = 5;
const IN_ALL_MAX = 60;
const ADDRESSES_MAX = 10_000;

export class LoginLimit {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #failures = new Map<string, number[]>();
  #all: number[] = [];

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  mayTry(address: string): boolean {
    return this.#recent(address).length < PER_ADDRESS_MAX && this.#recentAll().length < IN_ALL_MAX;
  }

  failed(address: string): void {
    const now = this.#clock.monotonicMs();
    this.#failures.set(address, [...this.#recent(address), now]);
    this.#all = [...this.#recentAll(), now];
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= ADDRESSES_MAX) break;
      this.#failures.delete(oldest);
    }
  }

  #recent(address: string): number[] {
    return this.#since(this.#failures.get(address) ?? []);
  }

  #recentAll(): number[] {
    return this.#since(this.#all);
  }

  #since(instants: readonly number[]): number[] {
    const fromMs = this.#clock.monotonicMs() - WINDOW_MS;
    return instants.filter((atMs) => atMs > fromMs);
  }
}
