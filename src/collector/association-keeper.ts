/** Writes the associations into a store that others read with their own tools, such as Grafana; the page computes its own. */
import type { Clock } from '../../probes/probe.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { correlateStore } from '../events/correlation.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/** Events and incidents are few; the dashboards look two days back. */
const EVERY_MS = 3_600_000;

export interface AssociationSink {
  /** As they stand at `atMs`. Resolves once they can be read. */
  write(associations: readonly Association[], atMs: number): Promise<void>;
}

export interface AssociationKeeperOptions {
  readonly store: Pick<Store, 'extent' | 'events' | 'buckets' | 'incidents'>;
  readonly sink: AssociationSink;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly log: Log;
}

/** At once, then every hour. What fails is said, and tried again with the next. */
export function startAssociationKeeper(options: AssociationKeeperOptions): { stop(): Promise<void> } {
  const { store, sink, clock, log } = options;
  const stopping = new AbortController();
  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const atMs = clock.nowMs();
        const { associations } = await correlateStore(store, atMs);
        if (associations.length > 0) await sink.write(associations, atMs);
      } catch (error) {
        log.warn(
          { error: String(error) },
          'The associations could not be written; the page shows them all the same.',
        );
      }
      await clock.sleep(EVERY_MS, stopping.signal);
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
