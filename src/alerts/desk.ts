/**
 * Keeps every route's book in line with the store's incidents. The store is what is true: a look at it after a start finds
 * what was detected before a crash and not yet told.
 */
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { RouteWorker } from './route-worker.ts';
import type { RouteWorkerOptions } from './route-worker.ts';
import { subjectOf } from './subject.ts';

const LOOK_MS = 60_000;
const LOOK_BACK_MS = 7 * 86_400_000;
const AHEAD_MS = 3_600_000;
const INCIDENTS_MAX = 1_000;

export interface AlertDeskOptions {
  readonly store: Pick<Store, 'incidents' | 'incident'>;
  readonly routes: readonly RouteWorkerOptions[];
  readonly clock: Clock;
  readonly log: Log;
  /** False while another collector detects, and tells. */
  readonly mayTell: () => boolean;
}

export interface AlertDesk {
  /** Something changed: looks at once. */
  poke(): void;
  stop(): Promise<void>;
}

export async function startAlertDesk(options: AlertDeskOptions): Promise<AlertDesk> {
  const workers: RouteWorker[] = [];
  for (const route of options.routes) workers.push(await RouteWorker.start(route));
  const stopping = new AbortController();
  let wake = new AbortController();
  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      const woken = AbortSignal.any([stopping.signal, wake.signal]);
      await lookOrSay(options, workers);
      await options.clock.sleep(LOOK_MS, woken);
    }
  }
  const following = follow();
  return {
    poke: () => {
      wake.abort();
    },
    stop: async () => {
      stopping.abort();
      await following;
      await Promise.all(workers.map(async (worker) => worker.stop()));
    },
  };
}

async function lookOrSay(options: AlertDeskOptions, workers: readonly RouteWorker[]): Promise<void> {
  try {
    if (options.mayTell()) await look(options, workers);
  } catch (error) {
    options.log.error(
      { error: String(error) },
      'Alerts could not be made from the store; it is tried again.',
    );
  }
}

async function look({ store, clock }: AlertDeskOptions, workers: readonly RouteWorker[]): Promise<void> {
  const nowMs = clock.nowMs();
  const window = { fromMs: nowMs - LOOK_BACK_MS, toMs: nowMs + AHEAD_MS };
  const [open, recent] = await Promise.all([
    store.incidents({ openOnly: true, limit: INCIDENTS_MAX }),
    store.incidents({ window, limit: INCIDENTS_MAX }),
  ]);
  const found = new Map([...open, ...recent].map((incident) => [incident.id, subjectOf(incident)]));
  const missing = new Set(workers.flatMap((worker) => worker.known()).filter((id) => !found.has(id)));
  const gone: string[] = [];
  for (const id of missing) {
    const incident = await store.incident(id);
    if (incident === null) gone.push(id);
    else found.set(id, subjectOf(incident));
  }
  const subjects = [...found.values()];
  // One route whose book cannot be written must not hold up the others.
  const looks = await Promise.allSettled(workers.map(async (worker) => worker.look(subjects, gone)));
  const failure = looks.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
