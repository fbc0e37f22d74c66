/**
 * Feeds the detector's fold with closed windows and keeps the store's incidents equal to what the fold says. Late data
 * takes the fold back to the snapshot before it; a restart folds the last day again, so nothing is lost or doubled.
 */
import { asPublished, identify } from '../analysis/detect/identity.ts';
import type { Ids } from '../analysis/detect/identity.ts';
import type { Heartbeat, Incident, ReachabilityPoint } from '../analysis/detect/point.ts';
import type { DetectorRunnerOptions } from './detector-options.ts';
import { amended, isSame, pruned, readWindows, REFOLD_HOURS_MAX } from './detector-windows.ts';
import type { Snapshot } from './detector-windows.ts';
import { Publication } from './publication.ts';

/** A restart and late data go back further than a day, for incidents that went on into it and for bundles, at most this far. */
const OPEN_LOOKBACK_HOURS_MAX = 14 * 24;
/** Folded before an incident's start, so that the fold knows what was normal. */
const WARM_UP_MS = 3_600_000;
const HOUR_MS = 3_600_000;
/** Windows read from the store in one question. */
const WINDOWS_PER_READ = 40;
const INCIDENTS_READ_MAX = 1_000;
/** Wall milliseconds between two looks at the clock. */
const POLL_MS = 1_000;

type Instant = Pick<ReachabilityPoint | Heartbeat, 'atMs'>;

export interface DetectorRunner {
  /**
   * Folds the past from the store, then follows the clock. Resolves when the past is folded, or when the store does not
   * answer: then it is asked again at each poll.
   */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What ingest stored; late ones cause a re-fold. */
  notify(points: readonly Instant[], heartbeats: readonly Instant[]): void;
  /** Folds every window that begins before `untilMs`, without waiting for the clock. */
  flush(untilMs: number): Promise<void>;
  /** How far the folded windows are behind the clock; null before the first one. */
  lagMs(): number | null;
}

export function createDetectorRunner<Config, State>(
  options: DetectorRunnerOptions<Config, State>,
): DetectorRunner {
  return new Runner(options);
}

class Runner<Config, State> implements DetectorRunner {
  readonly #options: DetectorRunnerOptions<Config, State>;
  readonly #publication: Publication;
  readonly #stopping = new AbortController();
  /** Ascending; the last is how it stands. */
  #snapshots: Snapshot<State>[] = [];
  /** What the store holds of ours, by published id. */
  readonly #saved = new Map<string, Incident>();
  /** What was published of a time before the fold's, which is not the fold's to take back. */
  #carried: ReadonlyMap<string, Incident> = new Map();
  #ids: Ids = new Map();
  #lateFromMs = Infinity;
  /** What is stored before this instant after its window was read is late, also while that window is being folded. */
  #readToMs = -Infinity;
  #tail: Promise<unknown> = Promise.resolve();
  #following: Promise<void> = Promise.resolve();
  #isStoreAway = false;
  /** Where the next beginning is at the latest. */
  #reachMs: number;

  constructor(options: DetectorRunnerOptions<Config, State>) {
    this.#options = options;
    this.#publication = new Publication((id) => options.heard?.(id));
    this.#reachMs = options.fromMs ?? Infinity;
  }

  async start(): Promise<void> {
    await this.#look();
    this.#following = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
    await this.#tail;
  }

  notify(points: readonly Instant[], heartbeats: readonly Instant[]): void {
    for (const { atMs } of [...points, ...heartbeats]) {
      if (atMs < this.#readToMs) this.#lateFromMs = Math.min(this.#lateFromMs, atMs);
    }
  }

  lagMs(): number | null {
    const newest = this.#snapshots.at(-1);
    return newest === undefined ? null : Math.max(0, this.#options.clock.nowMs() - newest.atMs);
  }

  async flush(untilMs: number): Promise<void> {
    await this.#pass(Math.ceil(untilMs / this.#options.windowMs) * this.#options.windowMs);
  }

  async #alone<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(task);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  async #follow(): Promise<void> {
    const { clock, pollMs = POLL_MS } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(pollMs, signal);
      if (signal.aborted) return;
      await this.#look();
    }
  }

  /** An outage of the store is said once, and its end. */
  async #look(): Promise<void> {
    const { clock, graceMs, log } = this.#options;
    try {
      await this.#pass(clock.nowMs() - graceMs);
      if (this.#isStoreAway) log.info({}, 'The detector reads and writes the store again.');
      this.#isStoreAway = false;
    } catch (error) {
      if (!this.#isStoreAway)
        log.error(
          { error: String(error) },
          'The detector could not read or write the store; it tries again.',
        );
      this.#isStoreAway = true;
    }
  }

  /** Who does not detect forgets: when its turn comes, it begins with what the store then holds. */
  #mayDetect(): boolean {
    const may = this.#options.mayDetect?.() ?? true;
    if (!may) {
      this.#snapshots = [];
      this.#saved.clear();
      this.#carried = new Map();
      this.#ids = new Map();
      this.#lateFromMs = Infinity;
      this.#readToMs = -Infinity;
    }
    return may;
  }

  /** Where the fold begins: a day back, or before the oldest incident that reaches into that day, so that its onset is found again. */
  async #recall(): Promise<void> {
    if (this.#snapshots.length > 0) return;
    const { store, clock, config, fold, windowMs } = this.#options;
    const nowMs = clock.nowMs();
    const horizonMs = Math.min(nowMs - REFOLD_HOURS_MAX * HOUR_MS, this.#reachMs - WARM_UP_MS);
    const [open, recent, extent] = await Promise.all([
      store.incidents({ openOnly: true, limit: INCIDENTS_READ_MAX }),
      store.incidents({ window: { fromMs: horizonMs, toMs: nowMs + HOUR_MS }, limit: INCIDENTS_READ_MAX }),
      store.extent(),
    ]);
    for (const incident of [...open, ...recent]) this.#saved.set(incident.id, incident);
    const begun = [...this.#saved.values()].map(({ startMs }) => startMs - WARM_UP_MS);
    const earliestMs = Math.max(Math.min(...begun, horizonMs), nowMs - OPEN_LOOKBACK_HOURS_MAX * HOUR_MS);
    const fromMs = Math.max(earliestMs, Math.min(extent.oldestMs ?? nowMs, nowMs));
    const atMs = Math.floor(fromMs / windowMs) * windowMs;
    this.#begin(atMs, fold.initialState(config));
    this.#reachMs = Infinity;
  }

  /** Folds late data again, then all windows that end by `untilMs`, and brings the store in line. */
  async #pass(untilMs: number): Promise<void> {
    await this.#alone(async () => {
      if (!this.#mayDetect()) return;
      await this.#recall();
      const foldedMs = this.#snapshots.at(-1)?.atMs ?? 0;
      const lateFromMs = this.#lateFromMs;
      if (lateFromMs < foldedMs) await this.#goBack(lateFromMs);
      this.#lateFromMs = Infinity;
      try {
        await this.#foldUntil(Math.max(untilMs, lateFromMs < foldedMs ? foldedMs : -Infinity));
      } catch (error) {
        this.#lateFromMs = Math.min(this.#lateFromMs, lateFromMs);
        throw error;
      }
      await this.#save();
    });
  }

  async #goBack(lateFromMs: number): Promise<void> {
    const { clock, config, fold, log, windowMs } = this.#options;
    const kept = this.#snapshots.filter(({ atMs }) => atMs <= lateFromMs);
    if (kept.length > 0) {
      this.#snapshots = kept;
      return;
    }
    const lateMs = clock.nowMs() - lateFromMs;
    if (lateMs > OPEN_LOOKBACK_HOURS_MAX * HOUR_MS) {
      log.warn({ lateFromMs }, 'Data came too late for the detector; it is stored and shown all the same.');
    } else if (lateMs > REFOLD_HOURS_MAX * HOUR_MS) {
      log.info({ lateFromMs }, 'Data came days late; the detector goes through that time again.');
      this.#reachMs = lateFromMs;
      this.#snapshots = [];
      await this.#recall();
    } else {
      // Older than all that was folded: there was nothing before it, so the fold begins with it.
      const atMs = Math.floor(lateFromMs / windowMs) * windowMs;
      this.#begin(atMs, fold.initialState(config));
    }
  }

  #begin(atMs: number, state: State): void {
    this.#carried = new Map(
      [...this.#saved].filter(([, incident]) => incident.startMs < atMs || this.#isOthers(incident)),
    );
    this.#snapshots = [{ atMs, state, incidents: new Map() }];
  }

  #isOthers({ startMs, vantageIds }: Incident): boolean {
    const { clock, isImported = () => false } = this.#options;
    const isOld = startMs < clock.nowMs() - REFOLD_HOURS_MAX * HOUR_MS;
    return isOld && vantageIds.length > 0 && vantageIds.every(isImported);
  }

  async #foldUntil(untilMs: number): Promise<void> {
    const { windowMs } = this.#options;
    for (let last = this.#snapshots.at(-1); last !== undefined; last = this.#snapshots.at(-1)) {
      const windows = Math.min(Math.floor((untilMs - last.atMs) / windowMs), WINDOWS_PER_READ);
      if (windows < 1) return;
      await this.#foldSome(last, windows);
      this.#snapshots = pruned(this.#snapshots);
    }
  }

  async #foldSome(from: Snapshot<State>, windows: number): Promise<void> {
    const { store, windowMs, config, fold } = this.#options;
    this.#readToMs = Math.max(this.#readToMs, from.atMs + windows * windowMs);
    let last = from;
    for (const read of await readWindows(store, from.atMs, windowMs, windows)) {
      const window = this.#options.isUnwatched?.(read) === true ? { ...read, isUnwatched: true } : read;
      const { state, changed, removed } = fold.foldWindow(config, last.state, window);
      last = { atMs: window.toMs, state, incidents: amended(last.incidents, changed, removed) };
      this.#snapshots.push(last);
    }
  }

  /** What is to be published, by published id: what the fold says, and what was said of the time before it. */
  async #wanted(): Promise<Map<string, Incident>> {
    const folded = this.#snapshots.at(-1)?.incidents ?? new Map<string, Incident>();
    this.#ids = identify(this.#ids, this.#saved, folded);
    const wanted = new Map(this.#carried);
    for (const incident of folded.values()) {
      const id = this.#ids.get(incident.id) ?? incident.id;
      const known = asPublished(incident, id, this.#saved.get(id));
      const carried = this.#carried.get(id);
      wanted.set(id, carried === undefined ? known : { ...known, startMs: carried.startMs });
    }
    const alone = [...wanted.values()].map((incident) => this.#publication.alone(incident));
    for (const incident of (await this.#options.witness?.(alone)) ?? alone)
      wanted.set(incident.id, this.#publication.of(incident, this.#saved.get(incident.id)));
    return wanted;
  }

  /** What fails here is still different from the store at the next pass, and is tried again. */
  async #save(): Promise<void> {
    const { store, onChange } = this.#options;
    // A fold can outlast a lease; its finds are the next leader's to tell.
    if (!this.#mayDetect()) return;
    const wanted = await this.#wanted();
    const changed = [...wanted.values()].filter(
      (incident) => !isSame(incident, this.#saved.get(incident.id)),
    );
    const removed = [...this.#saved.keys()].filter((id) => !wanted.has(id));
    if (changed.length > 0) await store.saveIncidents(changed);
    for (const incident of changed) this.#saved.set(incident.id, incident);
    if (removed.length > 0) await store.removeIncidents(removed);
    for (const id of removed) this.#saved.delete(id);
    if (changed.length + removed.length > 0) onChange(changed, removed);
  }
}
