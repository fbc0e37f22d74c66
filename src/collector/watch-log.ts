/**
 * When nobody here could hear the vantages: this process was not running, stood still (a laptop that slept, a starved machine), took
 * nothing in (a full disk), or took in so slowly that heartbeats waited behind it. Who is silent then is not known to be cut off. Kept on
 * disk, so that the same time is folded alike after the next restart.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../probes/probe.ts';
import { isCode, writeWhole } from '../disk.ts';
import type { Log } from '../log.ts';
import type { Window } from '../store/store.ts';

/** In the data directory. */
export const WATCH_FILE = 'watched.json';
/** Wall milliseconds. */
const BEAT_MS = 30_000;
/** A pause that is shorter makes no silence of three heartbeats. */
const GAP_MS_MIN = 90_000;
/** After it: agents that found nobody wait for a minute at most, and come one after the other. */
const RETURN_MS = 120_000;
/** What is older is never folded again. */
const KEPT_MS = 15 * 86_400_000;
const GAPS_MAX = 1_000;

const Gap = z.object({ fromMs: z.number(), toMs: z.number() });
const Watched = z.object({ aliveAtMs: z.number(), gaps: z.array(Gap) });
type Gap = z.infer<typeof Gap>;
type Watched = z.infer<typeof Watched>;

export interface WatchLogOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How many milliseconds of `clock.nowMs()` pass in one of the wall's: 1, or the demo's speed. */
  readonly scale?: number;
}

export interface WatchLog {
  /** Whether nobody could hear the vantages during any part of this window. */
  isUnwatched(window: Window): boolean;
  /** Does this, which takes in what vantages send; where it takes long, or is refused until another succeeds, nobody is heard meanwhile. */
  attend<T>(takeIn: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Begins at once. What cannot be read begins anew: then nothing is known of the time before. */
export async function startWatchLog(options: WatchLogOptions): Promise<WatchLog> {
  const { path, clock, log } = options;
  const known = await read(path, log);
  const nowMs = clock.nowMs();
  const gaps = known?.gaps.filter(({ toMs }) => toMs > nowMs - KEPT_MS) ?? [];
  const watching = new Watching(options, { aliveAtMs: known?.aliveAtMs ?? nowMs, gaps });
  watching.beat();
  const following = watching.follow();
  return {
    isUnwatched: (window) => watching.isUnwatched(window),
    attend: async (takeIn) => watching.attend(takeIn),
    stop: async () => watching.stop(following),
  };
}

class Watching {
  readonly #options: WatchLogOptions;
  readonly #stopping = new AbortController();
  /** Ascending and apart. */
  readonly #gaps: Gap[];
  /** When each of what is being taken in began. */
  readonly #underWay = new Set<{ readonly fromMs: number }>();
  #refusedFromMs: number | null = null;
  #written: Promise<void> = Promise.resolve();
  #aliveAtMs: number;

  constructor(options: WatchLogOptions, { aliveAtMs, gaps }: Watched) {
    this.#options = options;
    this.#aliveAtMs = aliveAtMs;
    this.#gaps = gaps;
  }

  isUnwatched({ fromMs, toMs }: Window): boolean {
    if (this.#gaps.some((gap) => gap.fromMs < toMs && gap.toMs > fromMs)) return true;
    const begun = [
      ...this.#underWay,
      ...(this.#refusedFromMs === null ? [] : [{ fromMs: this.#refusedFromMs }]),
    ];
    const nowMs = this.#options.clock.nowMs();
    return begun.some((one) => nowMs - one.fromMs > GAP_MS_MIN && one.fromMs < toMs);
  }

  async attend<T>(takeIn: () => Promise<T>): Promise<T> {
    const taken = { fromMs: this.#options.clock.nowMs() };
    this.#underWay.add(taken);
    try {
      const result = await takeIn();
      this.#note(Math.min(taken.fromMs, this.#refusedFromMs ?? Infinity));
      this.#refusedFromMs = null;
      return result;
    } catch (error) {
      this.#refusedFromMs ??= taken.fromMs;
      throw error;
    } finally {
      this.#underWay.delete(taken);
    }
  }

  /** Notes, too, how long it was since the last. */
  beat(): void {
    const { path, clock, log } = this.#options;
    this.#note(this.#aliveAtMs);
    this.#aliveAtMs = clock.nowMs();
    const watched: Watched = { aliveAtMs: this.#aliveAtMs, gaps: this.#gaps };
    const bytes = Buffer.from(JSON.stringify(watched));
    this.#written = this.#written
      .then(async () => writeWhole(path, bytes))
      .catch((error: unknown) => {
        log.warn({ path, error: String(error) }, 'It cannot be noted that somebody listens here.');
      });
  }

  async follow(): Promise<void> {
    const { clock, scale = 1 } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(BEAT_MS / scale, this.#stopping.signal);
      this.beat();
    }
  }

  async stop(following: Promise<void>): Promise<void> {
    this.#stopping.abort();
    await following;
    await this.#written;
  }

  /** Where it was long ago: nobody was heard from then on until a moment after now. */
  #note(fromMs: number): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - fromMs <= GAP_MS_MIN) return;
    const before = this.#gaps.at(-1);
    const gap = { fromMs, toMs: nowMs + RETURN_MS };
    if (before !== undefined && before.toMs >= fromMs) {
      this.#gaps.pop();
      gap.fromMs = Math.min(before.fromMs, fromMs);
    }
    this.#gaps.push(gap);
    if (this.#gaps.length > GAPS_MAX) this.#gaps.shift();
  }
}

async function read(path: string, log: Log): Promise<Watched | null> {
  try {
    return Watched.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isCode(error, 'ENOENT'))
      log.warn({ path, error: String(error) }, 'It is not known when somebody listened here before.');
    return null;
  }
}
