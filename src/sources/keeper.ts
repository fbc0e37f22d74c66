/**
 * Asks each source when its time comes and keeps what it says: numbers with what was usual, and outages. Each source has a loop of
 * its own: one that is away, out of quota or changed delays nobody, and says so in its state.
 */
import { HISTORY_MS, OutsideHistory } from '../analysis/outside/history.ts';
import type { SourceId } from '../analysis/outside/point.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Quota } from '../polite/client.ts';
import type { OutsideSource, SourceAnswer } from './source.ts';

/** `no_token`: it needs one. `waiting`: not asked yet. `partly`: some questions had no answer. */
export const SOURCE_STATUSES = ['no_token', 'waiting', 'ok', 'partly', 'failing'] as const;
export type SourceStatus = (typeof SOURCE_STATUSES)[number];

export interface SourceState {
  readonly id: SourceId;
  readonly status: SourceStatus;
  /** Of the last poll of which every question was answered; null: none yet. UTC epoch milliseconds. */
  readonly lastGoodMs: number | null;
  readonly lastTriedMs: number | null;
  /** The newest number it gave. */
  readonly newestMs: number | null;
  /** What the last poll could not have, in words; empty when nothing is wrong. */
  readonly problems: readonly string[];
  /** Rows of the last poll that did not have the documented shape. */
  readonly skippedRows: number;
  readonly quota: Quota | null;
  /** Until when the source wants to be left alone; null: it may be asked. */
  readonly restsUntilMs: number | null;
}

export interface SourceKeeperOptions {
  /** Null: it needs a token and has none. Absent: off. */
  readonly sources: ReadonlyMap<SourceId, OutsideSource | null>;
  readonly store: Pick<Store, 'writeOutside' | 'saveOutages' | 'outside'>;
  /** Of several collectors one asks. */
  readonly mayAsk: () => boolean;
  readonly clock: Clock;
  /** 0 ≤ x < 1; so that many monitors do not ask at the same moment. */
  readonly random: () => number;
  readonly log: Log;
}

export interface SourceKeeper {
  states(): readonly SourceState[];
  /** One poll of one source, now; for tests and for the loops. */
  poll(id: SourceId): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** How much sooner or later than its time a source is asked, as a share. */
const JITTER = 0.1;
const FIRST_SPREAD_MS = 30_000;
const FAILURES_COUNTED_MAX = 3;
const PROBLEMS_SHOWN_MAX = 5;
/** Clocks differ; what lies farther ahead is a forecast, or a mistake. */
const AHEAD_MAX_MS = 600_000;

export function createSourceKeeper(options: SourceKeeperOptions): SourceKeeper {
  return new Keeper(options);
}

interface Running {
  readonly source: OutsideSource;
  state: Omit<SourceState, 'id' | 'quota' | 'restsUntilMs' | 'newestMs'>;
  failures: number;
}

class Keeper implements SourceKeeper {
  readonly #options: SourceKeeperOptions;
  #history = new OutsideHistory();
  readonly #stopping = new AbortController();
  readonly #running = new Map<SourceId, Running>();
  #loops: Promise<unknown> = Promise.resolve();
  #loading: Promise<void> | null = null;

  constructor(options: SourceKeeperOptions) {
    this.#options = options;
    for (const [id, source] of options.sources)
      if (source !== null)
        this.#running.set(id, {
          source,
          failures: 0,
          state: { status: 'waiting', lastGoodMs: null, lastTriedMs: null, problems: [], skippedRows: 0 },
        });
  }

  states(): readonly SourceState[] {
    return [...this.#options.sources.keys()].map((id) => {
      const running = this.#running.get(id);
      if (running === undefined) return withoutToken(id);
      const { client } = running.source;
      const newestMs = this.#history.newestMs(id);
      return { id, ...running.state, newestMs, quota: client.quota(), restsUntilMs: client.restsUntilMs() };
    });
  }

  start(): void {
    this.#loops = Promise.all([...this.#running].map(async ([id, running]) => this.#keep(id, running)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loops;
  }

  async #keep(id: SourceId, running: Running): Promise<void> {
    const { clock, random, log, mayAsk } = this.#options;
    const { signal } = this.#stopping;
    await clock.sleep(random() * FIRST_SPREAD_MS, signal);
    while (!signal.aborted) {
      if (mayAsk())
        await this.poll(id).catch((error: unknown) => {
          // The store's trouble, not the source's; the next poll asks for the same stretch again.
          log.error({ source: id, error: String(error) }, 'What a source said could not be kept.');
        });
      const backoff = 2 ** Math.min(running.failures, FAILURES_COUNTED_MAX);
      await clock.sleep(running.source.everyMs * backoff * (1 - JITTER + 2 * JITTER * random()), signal);
    }
  }

  async poll(id: SourceId): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) return;
    const { store, clock } = this.#options;
    this.#loading ??= this.#load();
    await this.#loading.catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    const triedMs = clock.nowMs();
    const answer = await running.source.poll(this.#windowOf(running, triedMs), this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    try {
      const readings = answer.readings.filter(({ atMs }) => atMs <= triedMs + AHEAD_MAX_MS);
      await store.writeOutside(this.#history.take(readings, triedMs));
      await store.saveOutages(answer.outages);
    } catch (error) {
      // What was taken in is not in the store: the next poll begins with what is.
      this.#history = new OutsideHistory();
      this.#loading = null;
      throw error;
    }
    this.#note(id, running, answer, triedMs);
  }

  /** From the newest whole answer, or the newest number in the store, less what the source may amend; never farther than its lookback. */
  #windowOf(
    { source, state }: Running,
    nowMs: number,
  ): { readonly sinceMs: number; readonly untilMs: number } {
    const lastMs = state.lastGoodMs ?? this.#history.newestMs(source.id) ?? -Infinity;
    return { sinceMs: Math.max(nowMs - source.lookbackMs, lastMs - source.overlapMs), untilMs: nowMs };
  }

  #note(id: SourceId, running: Running, answer: SourceAnswer, triedMs: number): void {
    const { answered, problems, skippedRows } = answer;
    const isWhole = problems.length === 0;
    const status = answered === 0 ? 'failing' : isWhole ? 'ok' : 'partly';
    const before = running.state.status;
    running.failures = answered === 0 ? running.failures + 1 : 0;
    running.state = {
      status,
      lastGoodMs: isWhole ? triedMs : running.state.lastGoodMs,
      lastTriedMs: triedMs,
      problems: problems.slice(0, PROBLEMS_SHOWN_MAX),
      skippedRows,
    };
    if (before !== status && status !== 'ok')
      this.#options.log.warn({ source: id, problems }, 'A source outside did not say all that it was asked.');
  }

  async #load(): Promise<void> {
    const { store, clock } = this.#options;
    const nowMs = clock.nowMs();
    for await (const point of store.outside({ fromMs: nowMs - HISTORY_MS, toMs: nowMs + HISTORY_MS }))
      this.#history.load(point);
  }
}

function withoutToken(id: SourceId): SourceState {
  return {
    id,
    status: 'no_token',
    lastGoodMs: null,
    lastTriedMs: null,
    newestMs: null,
    problems: [],
    skippedRows: 0,
    quota: null,
    restsUntilMs: null,
  };
}
