/** Every incident of a window, however many there are. */
import type { Incident } from '../analysis/detect/point.ts';
import type { Store, Window } from './store.ts';

/** A question has at most so many answers: the newest ones. */
const INCIDENTS_MAX = 1_000;

/** Those that overlap the window, newest start first. */
export async function incidentsIn(store: Pick<Store, 'incidents'>, window: Window): Promise<Incident[]> {
  const found = new Map<string, Incident>();
  let { toMs } = window;
  for (;;) {
    const some = await store.incidents({ window: { fromMs: window.fromMs, toMs }, limit: INCIDENTS_MAX });
    const before = found.size;
    for (const incident of some) found.set(incident.id, incident);
    const last = some.at(-1);
    // The next ones begin no later than the last; where all are known, there are no more.
    if (some.length < INCIDENTS_MAX || found.size === before || last === undefined)
      return [...found.values()];
    toMs = last.startMs + 1;
  }
}
