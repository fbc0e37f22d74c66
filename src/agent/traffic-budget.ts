/**
 * The daily data budget of a vantage (UTC days), really kept: each run reserves what it may cost before it starts, and what
 * is used up is on disk ahead of its use, so that a restart cannot begin the day anew.
 *
 * A tenth is set aside for rings and heartbeats, which go on to the end. Of the rest, where it is used up faster than the day
 * goes by (an even day is measured to its evening): from 70 % on no scheduled full
 * fetches and no other kinds, from 85 % on every 2nd light check, then every 4th and 8th, at 100 % none.
 */
import { isCode, writeWhole } from '../disk.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Rate } from '../../probes/plan.ts';
import type { Log } from '../log.ts';

export const BUDGET_STEPS = ['all', 'no_full', 'every_2nd', 'every_4th', 'every_8th', 'rings_only'] as const;
export type BudgetStep = (typeof BUDGET_STEPS)[number];

const RINGS_SHARE = 0.1;
/** Written ahead of use in pieces of this size; a crash costs at most one of them. */
const AHEAD_BYTES = 65_536;
const DAY_MS = 86_400_000;
const LIGHT_EVERY: Readonly<Record<BudgetStep, number>> = {
  all: 1,
  no_full: 1,
  every_2nd: 2,
  every_4th: 4,
  every_8th: 8,
  rings_only: Infinity,
};
/** First guess of a run's cost; afterwards the dearest of the day counts. */
const FIRST_LIGHT_BYTES = 16_384;
const FIRST_FULL_OVERHEAD_BYTES = 65_536;
const FIRST_KIND_BYTES = 131_072;

const Ledger = z.object({ day: z.string(), usedBytes: z.number().nonnegative() });
export type Ledger = z.infer<typeof Ledger>;

/** Where the day's figure is kept. */
export interface LedgerFile {
  read(): Promise<Ledger | null>;
  write(ledger: Ledger): Promise<void>;
}

export interface BudgetStatus {
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly step: BudgetStep;
  /** Runs left out today: light checks, and whatever is not one. */
  readonly skippedFull: number;
  readonly skippedLight: number;
}

export interface Reservation {
  /** Replaces the reserved cost by the real one. */
  settle(bytes: number): Promise<void>;
}

export interface TrafficBudget {
  /** Null when the budget does not allow this run. `urgent`: caused by a failure, so what is not light passes the 70 % line. */
  reserve(rate: Rate, urgent: boolean): Reservation | null;
  /** Whether light round number `n` runs at all. */
  allowsLightRound(n: number): boolean;
  /** Counts what rings and heartbeats cost. */
  spend(bytes: number): Promise<void>;
  status(): BudgetStatus;
}

/** `traffic.json` in the spool's directory. */
export function createLedgerFile(dir: string, log: Log): LedgerFile {
  const path = join(dir, 'traffic.json');
  return {
    async read() {
      try {
        return Ledger.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch (error) {
        if (!isCode(error, 'ENOENT'))
          log.error({ path, error: String(error) }, 'Cannot read the data budget.');
        return null;
      }
    },
    write: async (ledger) => writeWhole(path, Buffer.from(JSON.stringify(ledger))),
  };
}

export interface BudgetOptions {
  readonly limitBytes: number;
  readonly fullBodyBytes: number;
  readonly file: LedgerFile;
  readonly nowMs: () => number;
  readonly log: Log;
}

export async function openTrafficBudget(options: BudgetOptions): Promise<TrafficBudget> {
  return new DailyBudget(options, await options.file.read());
}

class DailyBudget implements TrafficBudget {
  readonly #options: BudgetOptions;
  readonly #webLimitBytes: number;
  readonly #dearest: Map<Rate, number>;
  #day: string;
  #usedBytes: number;
  #writtenBytes: number;
  #reservedBytes = 0;
  #lastStep: BudgetStep = 'all';
  #skipped = { full: 0, light: 0 };
  #writing: Promise<void> = Promise.resolve();

  constructor(options: BudgetOptions, kept: Ledger | null) {
    this.#options = options;
    this.#webLimitBytes = options.limitBytes * (1 - RINGS_SHARE);
    this.#dearest = new Map([
      ['light', FIRST_LIGHT_BYTES],
      ['full', options.fullBodyBytes + FIRST_FULL_OVERHEAD_BYTES],
    ]);
    this.#day = kept?.day ?? dayOf(options.nowMs());
    this.#usedBytes = kept?.usedBytes ?? 0;
    this.#writtenBytes = this.#usedBytes;
  }

  reserve(rate: Rate, urgent: boolean): Reservation | null {
    const now = this.#step();
    const costBytes = this.#dearest.get(rate) ?? FIRST_KIND_BYTES;
    const isLeftOut = rate !== 'light' && !urgent && now !== 'all';
    if (isLeftOut || this.#usedBytes + this.#reservedBytes + costBytes > this.#webLimitBytes) {
      this.#skipped[rate === 'light' ? 'light' : 'full'] += 1;
      return null;
    }
    this.#reservedBytes += costBytes;
    return {
      settle: async (bytes) => {
        this.#reservedBytes -= costBytes;
        this.#dearest.set(rate, Math.max(this.#dearest.get(rate) ?? 0, bytes));
        await this.spend(bytes);
      },
    };
  }

  allowsLightRound(n: number): boolean {
    const isDue = n % LIGHT_EVERY[this.#step()] === 0;
    if (!isDue) this.#skipped.light += 1;
    return isDue;
  }

  async spend(bytes: number): Promise<void> {
    this.#turnDay();
    this.#usedBytes += bytes;
    if (this.#usedBytes <= this.#writtenBytes) return;
    this.#writtenBytes = this.#usedBytes + AHEAD_BYTES;
    const ledger = { day: this.#day, usedBytes: this.#writtenBytes };
    this.#writing = this.#writing
      .then(async () => this.#options.file.write(ledger))
      .catch((error: unknown) => {
        const reason = String(error);
        this.#options.log.error({ error: reason }, 'Cannot keep the data budget on disk; counted in memory.');
      });
    await this.#writing;
  }

  status(): BudgetStatus {
    return {
      step: this.#step(),
      usedBytes: this.#usedBytes,
      limitBytes: this.#options.limitBytes,
      skippedFull: this.#skipped.full,
      skippedLight: this.#skipped.light,
    };
  }

  #turnDay(): void {
    const today = dayOf(this.#options.nowMs());
    if (today === this.#day) return;
    // A clock set back does not give the day's bytes a second time.
    if (today > this.#day) {
      this.#usedBytes = 0;
      this.#writtenBytes = 0;
      this.#skipped = { full: 0, light: 0 };
    }
    this.#day = today;
  }

  #step(): BudgetStep {
    this.#turnDay();
    const { limitBytes, log } = this.#options;
    const share = (this.#usedBytes + this.#reservedBytes) / this.#webLimitBytes;
    const now = share < 1 && share <= dayShare(this.#options.nowMs()) ? 'all' : stepOf(share);
    if (now !== this.#lastStep)
      log.warn({ step: now, usedBytes: this.#usedBytes, limitBytes }, sentence(now));
    this.#lastStep = now;
    return now;
  }
}

/** How much of the UTC day has gone by, 0 to 1. */
function dayShare(atMs: number): number {
  return (atMs % DAY_MS) / DAY_MS;
}

function stepOf(share: number): BudgetStep {
  if (share >= 1) return 'rings_only';
  if (share >= 0.95) return 'every_8th';
  if (share >= 0.9) return 'every_4th';
  if (share >= 0.85) return 'every_2nd';
  return share >= 0.7 ? 'no_full' : 'all';
}

function sentence(step: BudgetStep): string {
  if (step === 'all') return 'The daily data budget is open again: everything is measured.';
  if (step === 'no_full')
    return 'Most of the daily data budget is used: full fetches run only after a failure.';
  if (step === 'rings_only')
    return 'The daily data budget is used up: only rings and heartbeats until midnight UTC.';
  return 'The daily data budget runs low: light checks thin out.';
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
