/**
 * Closes the log's days: soon after midnight (UTC), and at the start those that passed meanwhile. What comes later goes into the
 * day in which it comes; what is published never changes.
 */
import type { Clock } from '../../probes/probe.ts';
import type { Identity } from '../fleet/identity.ts';
import type { Log } from '../log.ts';
import type { LogBook } from './log-book.ts';
import type { LogLeaf, SignedDay } from './log.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 30_000;
/** A clock that was just set is not believed at once: it may be set again. */
const SETTLED_AFTER_MS = 120_000;
const STEP_MS = 2_000;
/** More are a clock that is wrong rather than a machine that was off. */
export const MISSED_DAYS_MAX = 1_000;

export interface DayContent {
  readonly leaves: readonly LogLeaf[];
  /** Called once the day is published. */
  readonly published: () => Promise<void>;
}

export interface LogKeeperOptions {
  readonly book: LogBook;
  readonly identity: Identity;
  /** What is held before this instant, UTC epoch milliseconds. */
  readonly content: (toMs: number) => Promise<DayContent>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onClosed?: (day: SignedDay) => void;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** Days from `first` to the one before today that are not closed, ascending. */
export function daysToClose(
  first: string,
  closed: readonly { readonly day: string }[],
  nowMs: number,
): string[] {
  const last = closed.at(-1);
  const fromMs = last === undefined ? startOf(first) : startOf(last.day) + DAY_MS;
  const days: string[] = [];
  for (let atMs = fromMs; atMs + DAY_MS <= nowMs && days.length <= MISSED_DAYS_MAX; atMs += DAY_MS)
    days.push(dayOf(atMs));
  return days;
}

/** Notices when the wall clock moves otherwise than time does. */
class Steadiness {
  readonly #clock: Clock;
  #offsetMs: number;
  #steppedMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
  }

  isSteady(): boolean {
    const monotonicMs = this.#clock.monotonicMs();
    const offsetMs = this.#clock.nowMs() - monotonicMs;
    if (Math.abs(offsetMs - this.#offsetMs) > STEP_MS) this.#steppedMs = monotonicMs;
    this.#offsetMs = offsetMs;
    return this.#steppedMs === null || monotonicMs - this.#steppedMs >= SETTLED_AFTER_MS;
  }
}

/** Goes on beside everything else; a failure is said and tried again, and never holds up measuring. */
export function startLogKeeper(options: LogKeeperOptions): { stop(): Promise<void> } {
  const { book, identity, clock, log } = options;
  const stopping = new AbortController();
  const steadiness = new Steadiness(clock);
  let isSaid = false;

  async function closeDays(): Promise<void> {
    const first = await book.begin(dayOf(clock.nowMs()));
    const days = daysToClose(first, book.days, clock.nowMs());
    if (days.length === 0) return;
    const flaw = book.flawFor(identity);
    if (flaw !== null) throw new Error(`the log cannot be gone on with: ${flaw}`);
    if (days.length > MISSED_DAYS_MAX)
      throw new Error(`more than ${MISSED_DAYS_MAX} days are not closed: is the clock right?`);
    for (const day of days) {
      if (stopping.signal.aborted) return;
      const { leaves, published } = await options.content(startOf(day) + DAY_MS);
      const closed = await book.close(day, leaves, { identity, atMs: clock.nowMs() });
      await published();
      options.onClosed?.(closed);
      log.info({ day, leaves: leaves.length, root: closed.root }, 'A day of the transparency log is closed.');
    }
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (steadiness.isSteady()) await closeDays();
        isSaid = false;
      } catch (error) {
        if (!isSaid)
          log.error(
            { error: String(error) },
            'A day of the transparency log could not be closed; it is tried again.',
          );
        isSaid = true;
      }
      await clock.sleep(LOOK_MS, stopping.signal);
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
