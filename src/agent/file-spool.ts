/**
 * The spool on disk. Appends are gathered and share one fsync; what is acknowledged is one number in its own file.
 * A crash at any instant loses nothing that `append` resolved, and gives no sequence twice.
 *
 * One process per directory: the caller holds the directory's lock.
 */
import { refused } from './spool-failure.ts';
import { makeFolder, removeIfThere, syncDirectory } from '../disk.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';
import { openAppendFile } from './append-file.ts';
import type { AppendFile } from './append-file.ts';
import { lighten } from './lighten.ts';
import { encodeLine, indexed, segmentPath } from './segment.ts';
import type { Indexed } from './segment.ts';
import {
  isPacked,
  isWorthPacking,
  lastOf,
  openStored,
  packed,
  pendingIn,
  SegmentReader,
} from './stored-segments.ts';
import type { StoredSegment } from './stored-segments.ts';
import { readPosition, writePosition } from './spool-position.ts';
import type { Position } from './spool-position.ts';
import type { Spool, SpoolEntry } from './spool.ts';

export const SEGMENT_BYTES_MAX = 4 * 1_048_576;
/** One commit writes at most this much; what waits longer goes with the next. */
const COMMIT_ENTRIES_MAX = 1_000;
/** Appends that may wait for the disk at the same time. */
const WAITING_MAX = 10_000;
/** A batch read by `peek` stops growing here (one entry is always given). */
const PEEK_BYTES_MAX = 8 * 1_048_576;

export interface FileSpoolOptions {
  readonly dir: string;
  /** Segments together may take this much disk; the rest of the rules are in lighten.ts. */
  readonly budgetBytes: number;
  readonly log: Log;
  /** Default SEGMENT_BYTES_MAX. */
  readonly segmentBytes?: number;
  readonly openAppend?: (path: string) => Promise<AppendFile>;
}

interface Waiting {
  readonly measurement: OwnMeasurement;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens or creates a spool, cuts what a crash left unfinished and says so in the log.
 * Throws when the directory cannot be read or written; `append` rejects with EnvironmentError('DISK_FULL') on a full disk.
 */
export async function openFileSpool(options: FileSpoolOptions): Promise<FileSpool> {
  const { dir, log } = options;
  await makeFolder(dir, 0o700);
  const position = await readPosition(dir, log);
  const { segments, next } = await openStored(dir, log);
  const known = Math.max(next, position.next, position.acknowledged + 1);
  return new FileSpool(options, { ...position, next: known }, segments);
}

export class FileSpool implements Spool {
  readonly #options: FileSpoolOptions;
  readonly #segmentBytes: number;
  #segments: StoredSegment[];
  readonly #reader: SegmentReader;
  #active: { readonly file: AppendFile; readonly path: string; entries: Indexed[]; bytes: number } | null =
    null;
  #acknowledged: number;
  #next: number;
  #dropped: { bodies: number; measurements: number };
  #waiting: Waiting[] = [];
  #watchers = new Set<() => void>();
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: FileSpoolOptions, position: Position, segments: readonly StoredSegment[]) {
    this.#options = options;
    this.#reader = new SegmentReader(options.log);
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES_MAX;
    this.#segments = [...segments];
    this.#acknowledged = position.acknowledged;
    this.#dropped = { bodies: position.droppedBodies, measurements: position.droppedMeasurements };
    this.#next = position.next;
  }

  async append(measurement: OwnMeasurement): Promise<number> {
    if (this.#closed) throw new EnvironmentError('SPOOL_CLOSED', 'The spool is closed.');
    if (this.#waiting.length >= WAITING_MAX) {
      throw new EnvironmentError(
        'SPOOL_BUSY',
        `The disk is too slow: ${WAITING_MAX} measurements wait for it.`,
      );
    }
    const stored = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ measurement, resolve, reject });
    });
    if (this.#waiting.length === 1) void this.#alone(async () => this.#commit());
    return stored;
  }

  async peek(limit: number): Promise<readonly SpoolEntry[]> {
    return this.#alone(async () => {
      const found: SpoolEntry[] = [];
      let room = { entries: limit, bytes: PEEK_BYTES_MAX };
      for (const segment of this.#all()) {
        if (pendingIn(segment, this.#acknowledged) === 0) continue;
        const read = await this.#reader.read(segment, this.#acknowledged, room);
        if (read === null) this.#segments = this.#segments.filter((one) => one !== segment);
        else found.push(...read.entries);
        room = { entries: limit - found.length, bytes: room.bytes - (read?.bytes ?? 0) };
        if (room.entries <= 0 || room.bytes <= 0) break;
      }
      return found;
    });
  }

  async acknowledge(sequence: number): Promise<void> {
    await this.#alone(async () => {
      const reached = Math.min(sequence, this.#next - 1);
      if (reached <= this.#acknowledged) return;
      await this.#writePosition(reached);
      this.#acknowledged = reached;
      await this.#removeFinished();
    });
  }

  async waitForEntries(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.depth() > 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#watchers.add(done);
      signal.addEventListener('abort', done);
    });
  }

  depth(): number {
    return this.#all().reduce((sum, segment) => sum + pendingIn(segment, this.#acknowledged), 0);
  }

  dropped(): { readonly bodies: number; readonly measurements: number } {
    return { ...this.#dropped };
  }

  /** Commits what waits and closes; nothing can be appended afterwards. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#alone(async () => this.#rotate());
    for (const wake of this.#watchers) wake();
  }

  #all(): StoredSegment[] {
    return this.#active === null ? this.#segments : [...this.#segments, this.#active];
  }

  /** One at a time: commits, reads and rewrites never meet. */
  async #alone<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(task);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  /** Writes all that waits with one fsync. On failure the file is cut back, so that no half line stays in the middle. */
  async #commit(): Promise<void> {
    const batch = this.#waiting.splice(0, COMMIT_ENTRIES_MAX);
    if (this.#waiting.length > 0) void this.#alone(async () => this.#commit());
    const [first] = batch;
    if (first === undefined) return;
    const firstSequence = this.#next;
    this.#next += batch.length;
    try {
      const active = await this.#openActive(firstSequence);
      const lines = batch.map(({ measurement }, n) => encodeLine(firstSequence + n, measurement));
      await active.file.write(Buffer.concat(lines));
      await active.file.sync();
      for (const [n, { measurement }] of batch.entries()) {
        const bytes = lines[n]?.length ?? 0;
        active.entries.push(indexed(firstSequence + n, measurement, active.bytes, bytes));
        active.bytes += bytes;
      }
    } catch (error) {
      await this.#cutBack();
      const refusal = refused(error, this.#options.dir);
      for (const { reject } of batch) reject(refusal);
      return;
    }
    for (const [n, { resolve }] of batch.entries()) resolve(firstSequence + n);
    for (const wake of this.#watchers) wake();
    await this.#keepBudget();
  }

  async #openActive(firstSequence: number) {
    if (this.#active !== null && this.#active.bytes >= this.#segmentBytes) {
      await this.#rotate();
      void this.#alone(async () => this.#pack());
    }
    if (this.#active !== null) return this.#active;
    const path = segmentPath(this.#options.dir, firstSequence);
    const file = await (this.#options.openAppend ?? openAppendFile)(path);
    this.#active = { file, path, entries: [], bytes: 0 };
    await syncDirectory(this.#options.dir);
    return this.#active;
  }

  async #rotate(): Promise<void> {
    const active = this.#active;
    if (active === null) return;
    this.#active = null;
    this.#segments.push({ path: active.path, entries: active.entries, bytes: active.bytes });
    await active.file.close();
    await this.#removeFinished();
  }

  /** Afterwards nothing is appended to this file again: behind a torn line the next one could not be read. */
  async #cutBack(): Promise<void> {
    const active = this.#active;
    if (active === null) return;
    try {
      await active.file.truncate(active.bytes);
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'Could not cut a failed write from the spool.');
    }
    try {
      await this.#rotate();
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'Could not close a file of the spool.');
    }
  }

  /** Closed files that still wait: nobody takes them now. One at a time, so that what is measured meanwhile is kept between two. */
  async #pack(): Promise<void> {
    const index = this.#segments.findIndex((segment) => !isPacked(segment) && isWorthPacking(segment));
    const segment = this.#segments[index];
    if (segment === undefined || this.#closed) return;
    try {
      const small = await packed(segment);
      this.#segments = this.#segments.map((one) => (one === segment ? small : one));
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'A file of the spool could not be packed.');
      return;
    }
    void this.#alone(async () => this.#pack());
  }

  async #removeFinished(): Promise<void> {
    const finished = this.#segments.filter((segment) => lastOf(segment) <= this.#acknowledged);
    for (const { path } of finished) {
      this.#reader.forget(path);
      await removeIfThere(path);
    }
    this.#segments = this.#segments.filter((segment) => !finished.includes(segment));
  }

  async #keepBudget(): Promise<void> {
    const used = this.#all().reduce((sum, { bytes }) => sum + bytes, 0);
    if (used <= this.#options.budgetBytes) return;
    try {
      await this.#rotate();
      // Before anything goes: a dropped sequence is never given again.
      await this.#writePosition(this.#acknowledged);
      const result = await lighten({
        ...this.#options,
        segments: this.#segments,
        acknowledged: this.#acknowledged,
      });
      this.#segments = [...result.segments];
      this.#dropped.bodies += result.bodies;
      this.#dropped.measurements += result.measurements;
      await this.#writePosition(this.#acknowledged);
    } catch (error) {
      this.#options.log.error(
        { error: String(error) },
        'Could not bring the spool back under its disk budget.',
      );
    }
  }

  async #writePosition(acknowledged: number): Promise<void> {
    await writePosition(this.#options.dir, {
      acknowledged,
      next: this.#next,
      droppedBodies: this.#dropped.bodies,
      droppedMeasurements: this.#dropped.measurements,
    });
  }
}
