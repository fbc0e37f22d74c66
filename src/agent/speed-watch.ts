/**
 * Which speeds are measured at once because a page crawled. A measurement of speed costs megabytes, so a plan makes few of them; one page
 * that comes slowly proves nothing, but it is the moment to look.
 */
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Clock } from '../../probes/probe.ts';

/** The same target is not measured again because of a page within this, monotonic milliseconds. */
export const SPEED_AGAIN_MS = 600_000;

export class SpeedWatch {
  readonly #targets: readonly PlannedTarget[];
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #lookedAtMs = new Map<string, number>();

  constructor(targets: readonly PlannedTarget[], clock: Pick<Clock, 'monotonicMs'>) {
    this.#targets = targets.filter(({ probe }) => probe === 'throughput');
    this.#clock = clock;
  }

  /** Those of the platform whose turn it is; asked only when one of its pages crawled, and noted as looked at. */
  take(platform: string): readonly PlannedTarget[] {
    const nowMs = this.#clock.monotonicMs();
    const due = this.#targets.filter((target) => {
      const lookedAtMs = this.#lookedAtMs.get(target.id) ?? -Infinity;
      return target.platform === platform && nowMs - lookedAtMs >= SPEED_AGAIN_MS;
    });
    for (const { id } of due) this.#lookedAtMs.set(id, nowMs);
    return due;
  }
}
