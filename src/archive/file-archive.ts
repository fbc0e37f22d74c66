/** The archive in files: hourly JSONL segments under the data directory, synced before an append resolves. See segments.ts. */
import { removeIfThere } from '../disk.ts';
import type { Clock } from '../../probes/probe.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { Log } from '../log.ts';
import type { Archive } from './archive.ts';
import { lockDirectory } from './directory-lock.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { DiskBudget } from './disk-budget.ts';
import { forEachAtOnce } from './at-once.ts';
import { appendDurably, cutTo, makeDirectory, translateDiskError } from './durable.ts';
import { adoptCopy, compressCopy, healSegment, idsOf } from './housekeeping.ts';
import { lineOf, openIfThere } from './lines.ts';
import { readArchive } from './segment-read.ts';
import { filingTimeMs, HOUR_MS, listSegments, segmentAt } from './segments.ts';
import type { Segment } from './segments.ts';

/** A segment is compressed when its hour ended this long ago: nearly all that comes late has come by then. */
const COMPRESS_AFTER_MS = 2 * HOUR_MS;
/** Ids kept in memory over all segments; beyond it the segments used longest ago are forgotten and read anew when needed. */
const IDS_KEPT_MAX = 400_000;

/** Segments that are written and synced at once: a disk takes several in little more time than one. */
const SEGMENTS_AT_ONCE = 8;

export interface FileArchiveOptions {
  readonly dir: string;
  readonly budgetBytes: number;
  /** Default false: a full archive refuses new records rather than lose old ones. */
  readonly allowDropOldest?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Opens the directory, made if absent, for this process alone, and heals what a crash left.
 * @throws EnvironmentError: `ARCHIVE_LOCKED`, `DISK_FULL`; from `append` also `ARCHIVE_FULL` (the budget is used up).
 */
export async function openFileArchive(options: FileArchiveOptions): Promise<Archive> {
  const lock = await lockDirectory(options.dir, 'ARCHIVE_LOCKED');
  try {
    const budget = new DiskBudget(options);
    for (const segment of await listSegments(options.dir, 0, Number.MAX_SAFE_INTEGER)) {
      await healSegment(segment, options.log);
      await budget.recount(segment);
    }
    const archive = new FileArchive(options, lock, budget);
    archive.compressOld();
    return archive;
  } catch (error) {
    await lock.release();
    throw translateDiskError(error, options.dir);
  }
}

/** What is new of a batch in one segment. */
interface Addition {
  readonly segment: Segment;
  /** The ids that it holds; gets the new ones once they are written. */
  readonly known: Set<string>;
  readonly ids: readonly string[];
  readonly text: string;
}

/** What one append wrote, so that it can be taken back when a later part of its batch fails. */
interface Written {
  readonly path: string;
  readonly bytesBefore: number;
  readonly segment: Segment;
}

class FileArchive implements Archive {
  readonly #options: FileArchiveOptions;
  readonly #lock: DirectoryLock;
  readonly #budget: DiskBudget;
  /** By segment start; the order of insertion is the order of use. */
  readonly #ids = new Map<number, Set<string>>();
  #turn: Promise<unknown> = Promise.resolve();
  #compression: Promise<void> | null = null;
  #compressedUpToMs = -1;
  #closing: Promise<void> | null = null;

  constructor(options: FileArchiveOptions, lock: DirectoryLock, budget: DiskBudget) {
    this.#options = options;
    this.#lock = lock;
    this.#budget = budget;
  }

  async append(batch: readonly OwnMeasurement[]): Promise<{ readonly added: readonly string[] }> {
    this.#requireOpen();
    const result = await this.#inTurn(async () => this.#append(batch));
    this.compressOld();
    return result;
  }

  async *read(window: { readonly fromMs: number; readonly toMs: number }): AsyncGenerator<OwnMeasurement> {
    this.#requireOpen();
    for await (const { measurement } of readArchive(this.#options.dir, window, this.#options.log))
      yield measurement;
  }

  bytes(): number {
    return this.#budget.usedBytes();
  }

  async close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  /** Starts compressing what is old enough, in the background, once for each hour that passes. */
  compressOld(): void {
    const upToMs = Math.floor((this.#options.clock.nowMs() - COMPRESS_AFTER_MS) / HOUR_MS) * HOUR_MS;
    if (this.#compression !== null || upToMs === this.#compressedUpToMs || this.#closing !== null) return;
    this.#compressedUpToMs = upToMs;
    this.#compression = this.#compress(upToMs)
      .catch((error: unknown) => {
        // The plain segments stay as they are; the next hour tries again.
        this.#options.log.error({ err: error }, 'Old segments of the archive could not be compressed.');
      })
      .finally(() => {
        this.#compression = null;
      });
  }

  async #append(batch: readonly OwnMeasurement[]): Promise<{ added: string[] }> {
    const groups = new Map<number, OwnMeasurement[]>();
    for (const measurement of batch) {
      const startMs = Math.floor(filingTimeMs(measurement) / HOUR_MS) * HOUR_MS;
      const group = groups.get(startMs);
      if (group === undefined) groups.set(startMs, [measurement]);
      else group.push(measurement);
    }
    const written: Written[] = [];
    try {
      const additions: Addition[] = [];
      for (const [startMs, group] of groups) {
        const addition = await this.#freshOf(segmentAt(this.#options.dir, startMs), group);
        if (addition.ids.length > 0) additions.push(addition);
      }
      const bytes = additions.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
      if (bytes > 0) await this.#budget.makeRoom(bytes, new Set(groups.keys()));
      await forEachAtOnce(additions, SEGMENTS_AT_ONCE, async (addition) => this.#write(addition, written));
      return { added: additions.flatMap(({ ids }) => ids) };
    } catch (error) {
      await this.#takeBack(written);
      throw translateDiskError(error, this.#options.dir);
    }
  }

  /** What of the group the segment does not hold yet. */
  async #freshOf(segment: Segment, group: readonly OwnMeasurement[]): Promise<Addition> {
    const known = await this.#idsIn(segment);
    const fresh = new Map<string, string>();
    for (const measurement of group) {
      const id = measurement.x_aiqyn_id;
      if (!known.has(id) && !fresh.has(id)) fresh.set(id, lineOf(measurement));
    }
    return { segment, known, ids: [...fresh.keys()], text: [...fresh.values()].join('') };
  }

  async #write({ segment, known, ids, text }: Addition, written: Written[]): Promise<void> {
    await makeDirectory(segment.dir);
    const path = await this.#openFileOf(segment);
    await removeIfThere(segment.lean);
    written.push({ path, bytesBefore: await appendDurably(path, text), segment });
    for (const id of ids) known.add(id);
    await this.#budget.recount(segment);
  }

  /** All of a batch or nothing of it: else a retry would call new what is not, and old what nobody has judged yet. */
  async #takeBack(written: readonly Written[]): Promise<void> {
    for (const { path, bytesBefore, segment } of written) {
      await cutTo(path, bytesBefore);
      this.#ids.delete(segment.startMs);
      await this.#budget.recount(segment);
    }
  }

  async #openFileOf(segment: Segment): Promise<string> {
    const gzip = await openIfThere(segment.gzip);
    await gzip?.close();
    return gzip === null ? segment.plain : segment.late;
  }

  async #idsIn(segment: Segment): Promise<Set<string>> {
    const ids = this.#ids.get(segment.startMs) ?? (await idsOf(segment));
    this.#ids.delete(segment.startMs);
    this.#ids.set(segment.startMs, ids);
    let kept = 0;
    for (const set of this.#ids.values()) kept += set.size;
    for (const [startMs, set] of this.#ids) {
      if (kept <= IDS_KEPT_MAX || startMs === segment.startMs) break;
      this.#ids.delete(startMs);
      kept -= set.size;
    }
    return ids;
  }

  async #compress(upToMs: number): Promise<void> {
    for (const segment of await listSegments(this.#options.dir, 0, upToMs)) {
      if (this.#closing !== null) return;
      // A segment that has its compressed file gets its later records beside it; there is nothing to do again.
      if ((await this.#openFileOf(segment)) === segment.late) continue;
      const copy = await compressCopy(segment);
      if (copy === null) continue;
      await this.#inTurn(async () => {
        await adoptCopy(segment, copy);
        await this.#budget.recount(segment);
      });
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    // The queue goes on after a failure; the one who asked gets the error.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #shut(): Promise<void> {
    await this.#compression;
    await this.#turn;
    await this.#lock.release();
  }

  #requireOpen(): void {
    if (this.#closing !== null) throw new TypeError('the archive is closed');
  }
}
