/**
 * Writes the associations into a store that others read with their own tools, such as Grafana; the page computes its own.
 * Of several collectors on one store the one that detects writes. Where two did for a moment, each row is a whole answer
 * of its own instant, and readers take the newest: twice is harmless.
 */
import type { Clock } from '../../probes/probe.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { correlateStore } from '../events/correlation.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/** Events and incidents are few; the dashboards look two days back. */
const EVERY_MS = 3_600_000;
/** Until a collector that may not write looks whether it may. */
export const STAND_BY_MS = 30_000;

export interface AssociationSink {
  /** As they stand at `atMs`. Resolves once they can be read. */
  write(associations: readonly Association[], atMs: number): Promise<void>;
}

export interface AssociationKeeperOptions {
  readonly store: Pick<Store, 'extent' | 'events' | 'buckets' | 'incidents'>;
  readonly sink: AssociationSink;
  /** Does this collector hold the lease, now? */
  readonly mayWrite: () => boolean;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly log: Log;
}

/** As soon as it may, then every hour. What fails is said, and tried again with the next. */
export function startAssociationKeeper(options: AssociationKeeperOptions): { stop(): Promise<void> } {
  const { store, sink, mayWrite, clock, log } = options;
  const stopping = new AbortController();
  /** How long to wait afterwards, in milliseconds. */
  async function round(): Promise<number> {
    if (!mayWrite()) return STAND_BY_MS;
    const atMs = clock.nowMs();
    const { associations } = await correlateStore(store, atMs);
    // A year takes seconds; the lease may have gone to another meanwhile.
    if (!mayWrite()) return STAND_BY_MS;
    if (associations.length > 0) await sink.write(associations, atMs);
    return EVERY_MS;
  }
  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      const waitMs = await round().catch((error: unknown) => {
        log.warn(
          { error: String(error) },
          'The associations could not be written; the page shows them all the same.',
        );
        return EVERY_MS;
      });
      await clock.sleep(waitMs, stopping.signal);
    }
  }
  const keeping = keep();
  return {
    async stop() {
      stopping.abort();
      await keeping;
    },
  };
}
