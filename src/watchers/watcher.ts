/**
 * Looks at one source again and again, and keeps the calendar like it: a stream that begins becomes an event, one that ends ends it.
 */
import type { Clock } from '../../probes/probe.ts';
import type { CalendarFact } from '../events/fact.ts';
import type { Log } from '../log.ts';
import { endedAt, factOf, liveId, takenAsOver } from './live.ts';
import type { LiveSighting } from './live.ts';
import type { WatchMemory } from './memory.ts';
import type { WatchSource } from './source.ts';

const MINUTE_MS = 60_000;
/** So soon a collector that takes over begins to look. */
export const STAND_BY_MS = 5_000;

/** Where watchers read and write events: `events.yaml` of the data directory. */
export interface LiveCalendar {
  /** The user's own facts. */
  read(): Promise<readonly CalendarFact[]>;
  put(facts: readonly CalendarFact[]): Promise<void>;
}

export interface WatcherOptions {
  readonly source: WatchSource;
  readonly calendar: LiveCalendar;
  readonly memory: WatchMemory;
  /** Of several collectors one watches. */
  readonly mayWatch: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WatcherStatus {
  readonly id: string;
  /** UTC epoch milliseconds; null before the first that was answered. */
  readonly lastLookAtMs: number | null;
  /** Why the newest look failed; null while all is well. */
  readonly problem: string | null;
  readonly open: number;
}

export interface Watcher {
  status(): WatcherStatus;
  stop(): Promise<void>;
}

/** Looks at once, and then every `source.everyMs`, while it may. */
export function startWatcher(options: WatcherOptions): Watcher {
  const watcher = new Looking(options);
  watcher.start();
  return watcher;
}

class Looking implements Watcher {
  readonly #options: WatcherOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #lastLookAtMs: number | null = null;
  #problem: string | null = null;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  status(): WatcherStatus {
    const { source, memory } = this.#options;
    const { id } = source.watched;
    return { id, lastLookAtMs: this.#lastLookAtMs, problem: this.#problem, open: memory.openOf(id).size };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, source, mayWatch } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (!mayWatch()) {
        await clock.sleep(STAND_BY_MS, signal);
        continue;
      }
      const problem = await this.#look().catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      this.#note(problem);
      await clock.sleep(source.everyMs, signal);
    }
  }

  /** An outage is said once: its next message is its end. */
  #note(problem: string | null): void {
    // What our own end cut short was no trouble.
    if (this.#stopping.signal.aborted) return;
    const { log, source } = this.#options;
    const watcher = source.watched.id;
    if (problem !== null && this.#problem === null)
      log.warn({ watcher, problem }, 'A watcher could not look.');
    if (problem === null && this.#problem !== null) log.info({ watcher }, 'A watcher looks again.');
    this.#problem = problem;
  }

  /** Null when it was answered; else why not. */
  async #look(): Promise<string | null> {
    const { source, memory, calendar, clock, mayWatch } = this.#options;
    const open = memory.openOf(source.watched.id);
    const look = await source.look([...open.values()], this.#stopping.signal);
    if (look.kind === 'failed') return look.why;
    // Meanwhile another collector may have begun to watch.
    if (!mayWatch()) return null;
    this.#lastLookAtMs = clock.nowMs();
    const facts = new Map((await calendar.read()).map((fact) => [fact.id, fact]));
    const changed = [
      ...look.sightings.flatMap((sighting) => this.#sighted(sighting, facts)),
      ...this.#over(look.gone, look.sightings, facts),
    ];
    if (changed.length > 0) await calendar.put(changed);
    for (const { id } of changed) memory.tell(id);
    this.#remember(look.sightings, changed, facts);
    if (changed.length > 0) await memory.save();
    return null;
  }

  #sighted(sighting: LiveSighting, facts: ReadonlyMap<string, CalendarFact>): CalendarFact[] {
    const { source, memory, clock } = this.#options;
    const id = liveId(source.watched.id, sighting.key);
    const known = facts.get(id);
    // Told once and gone from the calendar: somebody took it out, and it stays out.
    if (known === undefined) return memory.wasTold(id) ? [] : [factOf(source.watched, sighting)];
    const { endMs } = sighting;
    if (endMs === null) return [];
    const isOpen = known.end === null || (known.end !== undefined && Date.parse(known.end) > clock.nowMs());
    const ended = endedAt(known, endMs);
    return isOpen && ended.end !== known.end ? [ended] : [];
  }

  /** Streams of which nothing is seen any more, and those whose time is up. */
  #over(
    gone: readonly string[],
    sightings: readonly LiveSighting[],
    facts: ReadonlyMap<string, CalendarFact>,
  ): CalendarFact[] {
    const { source, memory, clock } = this.#options;
    const nowMs = clock.nowMs();
    return [...memory.openOf(source.watched.id)].flatMap(([id, key]) => {
      const fact = facts.get(id);
      const isTold = sightings.some((sighting) => sighting.key === key && sighting.endMs !== null);
      if (fact?.end !== null || isTold) return [];
      if (gone.includes(key))
        return [takenAsOver(fact, nowMs, 'Its end is when it was no longer to be seen.')];
      const lastsMs = source.lastsMs ?? Infinity;
      const dueMs = Date.parse(fact.start) + lastsMs;
      if (nowMs < dueMs) return [];
      const minutes = Math.round(lastsMs / MINUTE_MS);
      return [takenAsOver(fact, dueMs, `Nobody said when it ended: ${minutes} minutes are assumed.`)];
    });
  }

  #remember(
    sightings: readonly LiveSighting[],
    changed: readonly CalendarFact[],
    before: ReadonlyMap<string, CalendarFact>,
  ): void {
    const { source, memory } = this.#options;
    const watcher = source.watched.id;
    const after = new Map([...before, ...changed.map((fact): [string, CalendarFact] => [fact.id, fact])]);
    for (const { key } of sightings) {
      const id = liveId(watcher, key);
      if (after.get(id)?.end === null) memory.begin(id, watcher, key);
    }
    for (const id of memory.openOf(watcher).keys()) if (after.get(id)?.end !== null) memory.end(id);
  }
}
