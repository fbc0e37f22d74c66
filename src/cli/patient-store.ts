/**
 * A store that is away when the monitor starts. The monitor starts all the same: it measures into its spool, its page says
 * what is missing, and each question rejects with the reason until the store has been opened.
 */
import type { Clock } from '../../probes/probe.ts';
import type { LeaseTable } from '../collector/lease.ts';
import { EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Where several collectors agree on one that detects. */
  readonly collectors: LeaseTable;
}

export const REOPEN_MS = 5_000;
/** These pass by themselves. A wrong login, a missing database or something else at the address are for people to mend first. */
const PASSING: ReadonlySet<string> = new Set(['STORE_UNREACHABLE', 'STORE_BUSY']);

export interface PatientStoreOptions {
  readonly open: () => Promise<OpenedStore>;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws what `open` throws where waiting would not help. */
export async function openPatiently(options: PatientStoreOptions): Promise<OpenedStore> {
  try {
    return await options.open();
  } catch (error) {
    if (!passes(error)) throw error;
    options.log.warn(
      { error: error.message },
      'The store is away. Measuring begins; what is measured waits in the spool until the store comes.',
    );
    return new PatientOpening(options, error).opened();
  }
}

function passes(error: unknown): error is EnvironmentError {
  return error instanceof EnvironmentError && PASSING.has(error.code);
}

class PatientOpening {
  readonly #options: PatientStoreOptions;
  readonly #stopping = new AbortController();
  readonly #trying: Promise<void>;
  #reason: Error;
  #inner: OpenedStore | null = null;

  constructor(options: PatientStoreOptions, reason: Error) {
    this.#options = options;
    this.#reason = reason;
    this.#trying = this.#tryUntilOpen();
  }

  async #tryUntilOpen(): Promise<void> {
    const { open, clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (this.#inner === null) {
      await clock.sleep(REOPEN_MS, signal);
      if (signal.aborted) return;
      try {
        this.#inner = await open();
        log.info({}, 'The store is there; what waited in the spool goes into it.');
      } catch (error) {
        const before = this.#reason.message;
        this.#reason = error instanceof Error ? error : new EnvironmentError('STORE', String(error));
        // Another reason is news; the same one is not.
        if (this.#reason.message !== before)
          log.warn({ error: this.#reason.message }, 'The store is still away.');
      }
    }
  }

  #opened(): OpenedStore {
    if (this.#inner === null) throw this.#reason;
    return this.#inner;
  }

  async #close(): Promise<void> {
    this.#stopping.abort();
    await this.#trying;
    await this.#inner?.store.close();
  }

  opened(): OpenedStore {
    const inner = (): Store => this.#opened().store;
    const table = (): LeaseTable => this.#opened().collectors;
    return {
      collectors: {
        read: async () => table().read(),
        write: async (row) => table().write(row),
      },
      store: {
        writePoints: async (points) => inner().writePoints(points),
        writeHeartbeats: async (heartbeats) => inner().writeHeartbeats(heartbeats),
        writeSweeps: async (points) => inner().writeSweeps(points),
        writeOutside: async (points) => inner().writeOutside(points),
        saveOutages: async (outages) => inner().saveOutages(outages),
        saveIncidents: async (incidents) => inner().saveIncidents(incidents),
        removeIncidents: async (ids) => inner().removeIncidents(ids),
        saveEvents: async (events) => inner().saveEvents(events),
        removeEvents: async (ids) => inner().removeEvents(ids),
        statusNow: async (question) => inner().statusNow(question),
        buckets: async (question) => inner().buckets(question),
        async *points(window, scope) {
          yield* inner().points(window, scope);
        },
        heartbeats: async (window, scope) => inner().heartbeats(window, scope),
        vantagesNow: async () => inner().vantagesNow(),
        sweeps: async (window, scope) => inner().sweeps(window, scope),
        async *outside(window, scope) {
          yield* inner().outside(window, scope);
        },
        outsideDays: async () => inner().outsideDays(),
        outages: async (window) => inner().outages(window),
        incidents: async (query) => inner().incidents(query),
        incident: async (id) => inner().incident(id),
        events: async (window) => inner().events(window),
        extent: async () => inner().extent(),
        close: async () => this.#close(),
      },
    };
  }
}
