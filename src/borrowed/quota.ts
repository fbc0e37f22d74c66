/**
 * What another's service lets us ask in a stretch of time. What is spent is on disk before it is asked for, so that a restart
 * gives nothing twice; what the service itself says of our account is believed over our own count.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isCode, makeFolder, writeWhole } from '../disk.ts';
import type { Log } from '../log.ts';

const Ledger = z.object({
  /** UTC epoch milliseconds at which the stretch ends and all may be asked again. */
  endsAtMs: z.number(),
  used: z.number().min(0),
  /** Nothing is asked before this instant: the service said so. */
  blockedUntilMs: z.number(),
});
type Ledger = z.infer<typeof Ledger>;

export interface QuotaOptions {
  /** Units in a stretch: our own bound. */
  readonly limit: number;
  /** End of the stretch in which an instant lies, UTC epoch milliseconds. */
  readonly endOf: (atMs: number) => number;
  readonly file: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** What a service said of our account; what it did not say is absent. */
export interface QuotaWord {
  readonly remaining?: number;
  readonly resetInSeconds?: number;
  /** Ask nothing for so long. */
  readonly refusedForSeconds?: number;
}

export interface QuotaStatus {
  readonly limit: number;
  readonly used: number;
  readonly left: number;
  /** UTC epoch milliseconds. */
  readonly endsAtMs: number;
  /** UTC epoch milliseconds; null while it may be asked. */
  readonly blockedUntilMs: number | null;
}

/** The longest that a word of the service is believed for: an odd header must not silence us for ever. */
const BELIEVED_SECONDS_MAX = 86_400;

/** One per service and process. @throws when the file is there and cannot be read. */
export async function openQuota(options: QuotaOptions): Promise<Quota> {
  await makeFolder(dirname(options.file));
  return new Quota(options, await readLedger(options));
}

async function readLedger({ file, log, limit, endOf, nowMs }: QuotaOptions): Promise<Ledger> {
  const fresh = { endsAtMs: endOf(nowMs()), used: 0, blockedUntilMs: 0 };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return fresh;
    throw error;
  }
  try {
    return Ledger.parse(JSON.parse(text));
  } catch {
    log.warn({ file }, 'What was asked so far cannot be read; this stretch of time counts as used up.');
    return { ...fresh, used: limit };
  }
}

export class Quota {
  readonly #options: QuotaOptions;
  #ledger: Ledger;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: QuotaOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
  }

  /** Units that may be asked now; 0 while the service refuses. */
  left(): number {
    this.#turn();
    const { limit, nowMs } = this.#options;
    if (nowMs() < this.#ledger.blockedUntilMs) return 0;
    return Math.max(0, limit - this.#ledger.used);
  }

  /** Resolves true once the units are noted on disk, and false where there are not so many. */
  async take(units: number): Promise<boolean> {
    if (this.left() < units) return false;
    // As services count: a stretch begins with the first thing asked in it.
    const { used, endsAtMs } = this.#ledger;
    const { endOf, nowMs } = this.#options;
    this.#ledger = { ...this.#ledger, used: used + units, endsAtMs: used === 0 ? endOf(nowMs()) : endsAtMs };
    await this.#write();
    return true;
  }

  /** What was taken and not asked for, such as where nobody was there to ask. */
  async giveBack(units: number): Promise<void> {
    this.#ledger = { ...this.#ledger, used: Math.max(0, this.#ledger.used - units) };
    await this.#write();
  }

  /** Never gives more than our own bound allows. */
  async believe({ remaining, resetInSeconds, refusedForSeconds }: QuotaWord): Promise<void> {
    this.#turn();
    const { limit, nowMs } = this.#options;
    const next = { ...this.#ledger };
    if (remaining !== undefined) next.used = Math.max(next.used, limit - remaining);
    if (resetInSeconds !== undefined && resetInSeconds > 0)
      next.endsAtMs = nowMs() + Math.min(resetInSeconds, BELIEVED_SECONDS_MAX) * 1_000;
    if (refusedForSeconds !== undefined)
      next.blockedUntilMs = nowMs() + Math.min(refusedForSeconds, BELIEVED_SECONDS_MAX) * 1_000;
    this.#ledger = next;
    await this.#write();
  }

  status(): QuotaStatus {
    const left = this.left();
    const { endsAtMs, used, blockedUntilMs } = this.#ledger;
    const isBlocked = this.#options.nowMs() < blockedUntilMs;
    return {
      limit: this.#options.limit,
      used,
      left,
      endsAtMs,
      blockedUntilMs: isBlocked ? blockedUntilMs : null,
    };
  }

  /** A clock that was set back does not give a stretch a second time. */
  #turn(): void {
    const nowMs = this.#options.nowMs();
    if (nowMs < this.#ledger.endsAtMs) return;
    this.#ledger = { ...this.#ledger, used: 0, endsAtMs: this.#options.endOf(nowMs) };
  }

  async #write(): Promise<void> {
    const { file, log } = this.#options;
    this.#writing = this.#writing
      .then(async () => writeWhole(file, Buffer.from(JSON.stringify(this.#ledger), 'utf8')))
      .catch((error: unknown) => {
        log.error(
          { file, error: String(error) },
          'What was asked cannot be kept on disk; it is counted in memory.',
        );
      });
    await this.#writing;
  }
}

const HOUR_MS = 3_600_000;

/** A stretch of an hour from the first thing asked in it. */
export function hourFrom(atMs: number): number {
  return atMs + HOUR_MS;
}

/** A stretch that ends at midnight UTC. */
export function untilMidnightUtc(atMs: number): number {
  return (Math.floor(atMs / (24 * HOUR_MS)) + 1) * 24 * HOUR_MS;
}
