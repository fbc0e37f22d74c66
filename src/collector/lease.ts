/**
 * Which of several collectors on one store runs the detector. Each keeps a row of its own in a shared table and counts its
 * beat up; who holds the greatest term leads. A leader whose beat stands still for EXPIRY_MS, by the onlooker's own
 * monotonic clock, is followed by one who claims the next term, waits until every claim can be seen, and looks again.
 * No clocks are compared and no database must offer transactions; ids of incidents derive from what happened, so that even
 * an overlap of two leaders writes the same rows. docs/decisions/0007 says why.
 */
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';

export const BEAT_MS = 5_000;
/** Four beats may be missed. */
export const EXPIRY_MS = 20_000;
/** Within this every claim that was written is read by everyone. */
const SETTLE_MS = 2_000;
/** The beat of a leader that stepped down by itself. */
const RELEASED = -1;
/** From a leader's death to the next one's first look, at the latest. */
export const TAKEOVER_MS_MAX = EXPIRY_MS + 2 * BEAT_MS + SETTLE_MS;

/** One collector's row; written by that one alone. */
export interface CollectorRow {
  readonly collector: string;
  /** 0: it never led. */
  readonly term: number;
  readonly beat: number;
  /** The earliest late instant that it stored since it began, UTC epoch milliseconds, and how often that was so. */
  readonly lateFromMs: number;
  readonly lateCount: number;
}

export interface LeaseTable {
  read(): Promise<readonly CollectorRow[]>;
  /** In the place of this collector's row. */
  write(row: CollectorRow): Promise<void>;
}

export interface Lease {
  /** May this collector detect and alert, now? Never true for longer than EXPIRY_MS after the last good beat. */
  isHeld(): boolean;
  /** This collector stored something that others have folded already. */
  tellLate(atMs: number): void;
  /** Lets the next one begin at once. */
  release(): Promise<void>;
  /** One look and one beat. `keepLease` calls it; tests do by hand. */
  beat(): Promise<void>;
}

export interface LeaseOptions {
  readonly table: LeaseTable;
  /** Names this process; two must not share one. */
  readonly collector: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Another collector stored something late: the leader folds again from there. */
  readonly onLate: (fromMs: number) => void;
}

export function createLease(options: LeaseOptions): Lease {
  return new StandingLease(options);
}

/** Beats until the signal aborts, and then steps down; a store that does not answer ends the lease by its expiry. */
export async function keepLease(lease: Lease, clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  let areOthersSeen = true;
  while (!signal.aborted) {
    try {
      await lease.beat();
      if (!areOthersSeen) log.info({}, 'The other collectors can be seen again.');
      areOthersSeen = true;
    } catch (error) {
      if (areOthersSeen)
        log.warn(
          { error: String(error) },
          'The other collectors cannot be seen; without them this one stands back.',
        );
      areOthersSeen = false;
    }
    await clock.sleep(BEAT_MS, signal);
  }
  await lease.release().catch((error: unknown) => {
    log.warn({ error: String(error) }, 'The next collector waits until this one has expired.');
  });
}

class StandingLease implements Lease {
  readonly #options: LeaseOptions;
  #mine: CollectorRow;
  /** Of `clock.monotonicMs()`. */
  #heldUntilMs = -Infinity;
  /** When each leader's beat was last seen to move. */
  #watched = { term: -1, collector: '', beat: -1, sinceMs: -Infinity };
  readonly #lateSeen = new Map<string, number>();
  #isFirstLook = true;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#mine = { collector: options.collector, term: 0, beat: 0, lateFromMs: 0, lateCount: 0 };
  }

  isHeld(): boolean {
    return this.#options.clock.monotonicMs() < this.#heldUntilMs;
  }

  tellLate(atMs: number): void {
    this.#mine = { ...this.#mine, lateFromMs: atMs, lateCount: this.#mine.lateCount + 1 };
  }

  async release(): Promise<void> {
    if (!this.isHeld()) return;
    this.#heldUntilMs = -Infinity;
    await this.#options.table.write({ ...this.#mine, beat: RELEASED });
  }

  async beat(): Promise<void> {
    const { table, clock } = this.#options;
    const startedMs = clock.monotonicMs();
    const rows = await table.read();
    this.#hearLate(rows);
    const leader = leaderOf(rows);
    if (leader?.collector === this.#mine.collector && leader.term === this.#mine.term) {
      await this.#write(this.#mine.term);
      this.#heldUntilMs = startedMs + EXPIRY_MS;
      return;
    }
    this.#standBack(leader);
    if (leader !== null && !this.#hasStopped(leader)) await this.#write(this.#mine.term);
    else await this.#claim((leader?.term ?? 0) + 1);
  }

  #standBack(leader: CollectorRow | null): void {
    if (this.isHeld())
      this.#options.log.warn({ leader: leader?.collector }, 'Another collector runs the detector now.');
    this.#heldUntilMs = -Infinity;
  }

  #hasStopped(leader: CollectorRow): boolean {
    // A row of ours that we do not know of is from before this process began.
    if (leader.beat === RELEASED || leader.collector === this.#mine.collector) return true;
    const nowMs = this.#options.clock.monotonicMs();
    const { term, collector, beat } = this.#watched;
    if (leader.term !== term || leader.collector !== collector || leader.beat !== beat)
      this.#watched = { term: leader.term, collector: leader.collector, beat: leader.beat, sinceMs: nowMs };
    return nowMs - this.#watched.sinceMs >= EXPIRY_MS;
  }

  async #claim(term: number): Promise<void> {
    const { table, clock, log } = this.#options;
    await this.#write(term);
    await clock.sleep(SETTLE_MS);
    const lookedMs = clock.monotonicMs();
    const leader = leaderOf(await table.read());
    if (leader?.collector !== this.#mine.collector || leader.term !== term) return;
    this.#heldUntilMs = lookedMs + EXPIRY_MS;
    log.info({ term, collector: this.#mine.collector }, 'This collector runs the detector now.');
  }

  async #write(term: number): Promise<void> {
    this.#mine = { ...this.#mine, term, beat: this.#mine.beat + 1 };
    await this.#options.table.write(this.#mine);
  }

  #hearLate(rows: readonly CollectorRow[]): void {
    for (const { collector, lateCount, lateFromMs } of rows) {
      const seen = this.#lateSeen.get(collector) ?? 0;
      this.#lateSeen.set(collector, lateCount);
      const isNews = lateCount > seen && collector !== this.#mine.collector;
      // What was late before this one began, its first fold reads anyway.
      if (isNews && !this.#isFirstLook) this.#options.onLate(lateFromMs);
    }
    this.#isFirstLook = false;
  }
}

/** The greatest term; of two that claimed it at once, the greater name. */
function leaderOf(rows: readonly CollectorRow[]): CollectorRow | null {
  let leader: CollectorRow | null = null;
  for (const row of rows) {
    if (row.term === 0) continue;
    const isAhead =
      leader === null ||
      row.term > leader.term ||
      (row.term === leader.term && row.collector > leader.collector);
    if (isAhead) leader = row;
  }
  return leader;
}
