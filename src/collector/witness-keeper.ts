/**
 * Hears what those outside say of incidents, again and again while their numbers still come: they are minutes to hours late, and amended.
 * The detector's runner asks for what was heard and saves it with the incident, so that it never waits for it; what ended before the runner's
 * reach is saved here. Beside the detector, on the same collector.
 */
import { isDeepStrictEqual } from 'node:util';
import { withWitnesses } from '../analysis/corroborate/witnessed.ts';
import type { Said } from '../analysis/corroborate/witnessed.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { isSame, REFOLD_HOURS_MAX } from './detector-windows.ts';
import { hearWitnesses } from './hear-witnesses.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Between two looks, and until what is new or has changed is heard. */
export const LOOK_MS = 30_000;
/** What goes on or ended a moment ago is heard so often, what ended longer ago so often. */
const OFTEN_MS = 2 * MINUTE_MS;
const SELDOM_MS = HOUR_MS;
const OFTEN_AFTER_END_MS = 3 * HOUR_MS;
/** So long after its end the slowest of them has spoken. */
const LATE_MS = 72 * HOUR_MS;
const AHEAD_MS = HOUR_MS;
const INCIDENTS_MAX = 1_000;

export interface WitnessKeeperOptions {
  readonly store: Pick<Store, 'outside' | 'outages' | 'incidents' | 'saveIncidents'>;
  /** Does this collector detect, now? */
  readonly mayWrite: () => boolean;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly log: Log;
}

export interface WitnessKeeper {
  /** What was last heard of an incident; undefined where they were not asked yet. */
  heard(id: string): Said | undefined;
  stop(): Promise<void>;
}

interface Heard {
  /** What the answer hangs on. */
  readonly of: string;
  readonly atMs: number;
  readonly said: Said;
}

/** The first look is at all that the store has, so that what was saved by an earlier version, or without witnesses, has them too. */
export function startWitnessKeeper(options: WitnessKeeperOptions): WitnessKeeper {
  const { log, clock, mayWrite } = options;
  const ears = new Ears(options);
  const stopping = new AbortController();
  let isAway = false;
  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (!mayWrite()) ears.forget();
      else
        try {
          await ears.look(stopping.signal);
          if (isAway) log.info({}, 'Witnesses outside are heard again.');
          isAway = false;
        } catch (error) {
          if (!isAway)
            log.warn({ error: String(error) }, 'Witnesses outside could not be heard; it is tried again.');
          isAway = true;
        }
      await clock.sleep(LOOK_MS, stopping.signal);
    }
  }
  const keeping = keep();
  return {
    heard: (id) => ears.heard(id),
    stop: async () => {
      stopping.abort();
      await keeping;
    },
  };
}

class Ears {
  readonly #options: WitnessKeeperOptions;
  #heard = new Map<string, Heard>();
  #hasSeenAll = false;

  constructor(options: WitnessKeeperOptions) {
    this.#options = options;
  }

  heard(id: string): Said | undefined {
    return this.#heard.get(id)?.said;
  }

  /** Another collector detects: when its turn comes, it begins anew. */
  forget(): void {
    this.#heard.clear();
    this.#hasSeenAll = false;
  }

  async look(signal: AbortSignal): Promise<void> {
    const { store, clock, mayWrite } = this.#options;
    const nowMs = clock.nowMs();
    const recent = { fromMs: nowMs - LATE_MS, toMs: nowMs + AHEAD_MS };
    const [open, others] = await Promise.all([
      store.incidents({ openOnly: true, limit: INCIDENTS_MAX }),
      store.incidents({ ...(this.#hasSeenAll ? { window: recent } : {}), limit: INCIDENTS_MAX }),
    ]);
    const incidents = new Map([...open, ...others].map((incident) => [incident.id, incident]));
    for (const incident of incidents.values()) {
      if (signal.aborted || !mayWrite()) return;
      await this.#hear(incident, nowMs);
    }
    this.#hasSeenAll = true;
    this.#heard = new Map([...this.#heard].filter(([id]) => incidents.has(id)));
  }

  async #hear(incident: Incident, nowMs: number): Promise<void> {
    const { store } = this.#options;
    if (isSettled(incident, nowMs)) return;
    const of = shapeOf(incident);
    const before = this.#heard.get(incident.id);
    if (before?.of === of && nowMs - before.atMs < everyMs(incident, nowMs)) return;
    const now = await hearWitnesses(store, incident, nowMs);
    // What is said again is the same object, so that nobody needs to compare it.
    const said = before !== undefined && isDeepStrictEqual(before.said, now) ? before.said : now;
    this.#heard.set(incident.id, { of, atMs: nowMs, said });
    if (!isBeyondRunner(incident, nowMs)) return;
    const amended = withWitnesses(incident, said);
    if (!isSame(amended, incident)) await store.saveIncidents([amended]);
  }
}

/** What of an incident decides who can see it. */
function shapeOf({ kind, startMs, endMs, operators, places, platforms }: Incident): string {
  return JSON.stringify([kind, startMs, endMs, operators, places, platforms]);
}

function everyMs({ endMs }: Incident, nowMs: number): number {
  return endMs === null || nowMs - endMs < OFTEN_AFTER_END_MS ? OFTEN_MS : SELDOM_MS;
}

/** All have spoken, and what they said is kept. */
function isSettled({ endMs, witnessed }: Incident, nowMs: number): boolean {
  return witnessed !== undefined && endMs !== null && endMs < nowMs - LATE_MS;
}

function isBeyondRunner({ endMs }: Incident, nowMs: number): boolean {
  return endMs !== null && endMs < nowMs - REFOLD_HOURS_MAX * HOUR_MS;
}
