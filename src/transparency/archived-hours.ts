/**
 * The hours of an archive as leaves of the log: where a vantage measures beside the collector its records have no chain, so what
 * the archive holds of each hour is hashed. An hour is a leaf again when records came later; compressing it changes nothing.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { z } from 'zod';
import { OwnMeasurement } from '../../probes/measurement.ts';
import { readSegment } from '../archive/segment-read.ts';
import { listSegments } from '../archive/segments.ts';
import type { Segment } from '../archive/segments.ts';
import { isCode, writeWhole } from '../disk.ts';
import { hashOfRecord } from '../fleet/chain.ts';
import type { Log } from '../log.ts';
import type { HourLeaf } from './log.ts';
import { GrowingRoot, leafHash } from './merkle.ts';

/** After so many records whoever waits is answered first. */
const RECORDS_AT_ONCE = 200;
const Sizes = z.record(z.string(), z.string());

export function hourName(startMs: number): string {
  return new Date(startMs).toISOString().slice(0, 13);
}

/** Hashes of an hour's records, ascending by id; what cannot be read has none. */
export async function* recordHashes(segment: Segment, log: Log): AsyncGenerator<string> {
  let count = 0;
  for await (const { text } of readSegment(segment, log)) {
    const read = OwnMeasurement.safeParse(JSON.parse(text));
    if (read.success) yield hashOfRecord(read.data);
    count += 1;
    if (count % RECORDS_AT_ONCE === 0) await others();
  }
}

/** What a tree over records has as its leaf. @param record hex. */
export function recordLeaf(record: string): string {
  return leafHash(Buffer.from(record, 'hex'));
}

async function leafOf(segment: Segment, log: Log): Promise<HourLeaf | null> {
  const growing = new GrowingRoot();
  for await (const hash of recordHashes(segment, log)) growing.add(recordLeaf(hash));
  if (growing.leaves === 0) return null;
  return { kind: 'hour', hour: hourName(segment.startMs), records: growing.leaves, root: growing.root() };
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

export interface ChangedHours {
  /** Ascending by hour. */
  readonly leaves: readonly HourLeaf[];
  /** Remembers what was looked at; once the leaves are published, not before. */
  readonly remember: () => Promise<void>;
}

export class ArchivedHours {
  readonly #archiveDir: string;
  readonly #memory: string;
  readonly #log: Log;

  /** @param memory a file that spares reading hours again; may be lost. */
  constructor(options: { readonly archiveDir: string; readonly memory: string; readonly log: Log }) {
    this.#archiveDir = options.archiveDir;
    this.#memory = options.memory;
    this.#log = options.log;
  }

  /**
   * Hours before `toMs` that are not as they were last published.
   * @param published by hour, the root that was published last.
   */
  async changed(toMs: number, published: ReadonlyMap<string, string>): Promise<ChangedHours> {
    const seen = new Map(Object.entries(await this.#remembered()));
    const leaves: HourLeaf[] = [];
    for (const segment of await listSegments(this.#archiveDir, 0, toMs)) {
      const hour = hourName(segment.startMs);
      // Its bodies were dropped for want of disk: its records have other hashes than those that were published.
      if ((await sizeOf(segment.lean)) !== null) continue;
      const sizes = await Promise.all([segment.plain, segment.gzip, segment.late].map(sizeOf));
      if (seen.get(hour) === sizes.join()) continue;
      const leaf = await leafOf(segment, this.#log);
      seen.set(hour, sizes.join());
      if (leaf !== null && published.get(hour) !== leaf.root) leaves.push(leaf);
    }
    const remember = async (): Promise<void> =>
      writeWhole(this.#memory, Buffer.from(JSON.stringify(Object.fromEntries(seen))));
    return { leaves, remember };
  }

  async #remembered(): Promise<z.output<typeof Sizes>> {
    try {
      return Sizes.parse(JSON.parse(await readFile(this.#memory, 'utf8')));
    } catch {
      // Not there, or not whole: every hour is read again.
      return {};
    }
  }
}

/** The memory's place. */
export function hoursMemory(dataDir: string): string {
  return join(dataDir, 'transparency', 'hours.json');
}
