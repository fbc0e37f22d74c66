/** Keeps the archive within its disk budget: oldest raw bodies go first, said in the log; a record goes only where that was allowed. */
import { removeIfThere } from '../disk.ts';
import { existsSync } from 'node:fs';
import { EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';
import { bytesOf, dropBodies } from './housekeeping.ts';
import { listSegments } from './segments.ts';
import type { Segment } from './segments.ts';

export interface BudgetOptions {
  readonly dir: string;
  readonly budgetBytes: number;
  /** Default false: a full archive refuses new records rather than lose old ones. */
  readonly allowDropOldest?: boolean;
  readonly log: Log;
}

export class DiskBudget {
  readonly #options: BudgetOptions;
  readonly #bytes = new Map<number, number>();

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Counts a segment anew; after anything that changed its files. */
  async recount(segment: Segment): Promise<void> {
    this.#bytes.set(segment.startMs, await bytesOf(segment));
  }

  usedBytes(): number {
    let sum = 0;
    for (const bytes of this.#bytes.values()) sum += bytes;
    return sum;
  }

  /**
   * Makes room for `neededBytes` more. Segments in `busy` (being written now) are left alone.
   * @throws EnvironmentError('ARCHIVE_FULL') where nothing more may go.
   */
  async makeRoom(neededBytes: number, busy: ReadonlySet<number>): Promise<void> {
    if (this.#fits(neededBytes)) return;
    const { dir, log, allowDropOldest } = this.#options;
    const idle = (await listSegments(dir, 0, Number.MAX_SAFE_INTEGER)).filter(
      ({ startMs }) => !busy.has(startMs),
    );
    for (const segment of idle) {
      if (this.#fits(neededBytes)) return;
      if (existsSync(segment.lean)) continue;
      const bodies = await dropBodies(segment, log);
      await this.recount(segment);
      if (bodies === 0) log.info({ segment: segment.gzip }, 'Disk budget: a segment was compressed.');
      else
        log.warn({ segment: segment.gzip, bodies }, 'Disk budget: the raw bodies of a segment were dropped.');
    }
    if (allowDropOldest === true) await this.#dropOldest(idle, neededBytes);
    if (this.#fits(neededBytes)) return;
    throw new EnvironmentError(
      'ARCHIVE_FULL',
      `${dir} has used up its disk budget of ${this.#options.budgetBytes} bytes. Raise the budget, or move its oldest days elsewhere while Aiqyn is stopped. Nothing is lost: what was refused is tried again.`,
    );
  }

  async #dropOldest(segments: readonly Segment[], neededBytes: number): Promise<void> {
    for (const segment of segments) {
      if (this.#fits(neededBytes)) return;
      for (const path of [segment.plain, segment.gzip, segment.late, segment.torn, segment.lean])
        await removeIfThere(path);
      this.#bytes.delete(segment.startMs);
      this.#options.log.warn(
        { segment: segment.gzip },
        'Disk budget: a whole segment was dropped, as the configuration allows.',
      );
    }
  }

  #fits(neededBytes: number): boolean {
    return this.usedBytes() + neededBytes <= this.#options.budgetBytes;
  }
}
