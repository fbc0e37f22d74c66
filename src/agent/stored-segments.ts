/**
 * The spool's closed files, plain or packed, as one list: opening, counting, reading and packing them. A plain file keeps an index
 * of its entries in memory; of a packed one the last that was read is kept unpacked, because a batch takes a part of it.
 */
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeIfThere } from '../disk.ts';
import type { Log } from '../log.ts';
import { countOf, pack, packedOf, placesIn, summaryOf, unpack } from './packed-segment.ts';
import type { PackedSegment, PlacedLine } from './packed-segment.ts';
import { countAfter, decodeLine, firstSequenceOf, fitting, mendSegment, readEntries } from './segment.ts';
import type { Segment } from './segment.ts';
import type { SpoolEntry } from './spool.ts';

export type StoredSegment = Segment | PackedSegment;

/** Smaller files stay as they are. */
const PACK_BYTES_MIN = 262_144;

export function isPacked(segment: StoredSegment): segment is PackedSegment {
  return 'worths' in segment;
}

/** 0 where it has none. */
export function lastOf(segment: StoredSegment): number {
  return isPacked(segment) ? segment.last : (segment.entries.at(-1)?.sequence ?? 0);
}

/** Entries after a sequence. Of a packed file that is sent in part exact unless entries of it were dropped. */
export function pendingIn(segment: StoredSegment, acknowledged: number): number {
  if (!isPacked(segment)) return countAfter(segment, acknowledged);
  if (segment.last <= acknowledged) return 0;
  return Math.min(countOf(segment), segment.last - Math.max(acknowledged, segment.first - 1));
}

/** Opens all files of a spool, oldest first, mends what a crash left, and takes away what is there twice. */
export async function openStored(
  dir: string,
  log: Log,
): Promise<{ readonly segments: StoredSegment[]; readonly next: number }> {
  const names = (await readdir(dir)).sort();
  const packed = new Map<number, PackedSegment>();
  for (const name of names) {
    if (!name.endsWith('.br')) continue;
    const found = packedOf(dir, name, (await stat(join(dir, name))).size);
    if (found !== null) packed.set(found.first, await better(packed.get(found.first), found));
  }
  const segments: StoredSegment[] = [...packed.values()];
  let next = Math.max(1, ...segments.map((segment) => lastOf(segment) + 1));
  for (const name of names) {
    const first = firstSequenceOf(name);
    if (first === null) continue;
    // A crash between packing a file and taking the plain one away.
    if (packed.has(first)) {
      await removeIfThere(join(dir, name));
      continue;
    }
    const segment = await mendSegment(join(dir, name), log);
    next = Math.max(next, first, lastOf(segment) + 1);
    // An empty file's name may be given again; it must not be known twice.
    if (segment.entries.length === 0) await removeIfThere(segment.path);
    else segments.push(segment);
  }
  return { segments: segments.sort((a, b) => startOf(a) - startOf(b)), next };
}

function startOf(segment: StoredSegment): number {
  return isPacked(segment) ? segment.first : (segment.entries[0]?.sequence ?? 0);
}

/** Of two packed files of the same entries the lighter one was written last. */
async function better(one: PackedSegment | undefined, other: PackedSegment): Promise<PackedSegment> {
  if (one === undefined) return other;
  const isLighter = countOf(other) < countOf(one) || other.bodies < one.bodies;
  const [kept, gone] = isLighter ? [other, one] : [one, other];
  await removeIfThere(gone.path);
  return kept;
}

export function isWorthPacking({ bytes }: Segment): boolean {
  return bytes >= PACK_BYTES_MIN;
}

/** The segment in its packed form, which takes the place of the file. */
export async function packed(segment: StoredSegment): Promise<StoredSegment> {
  if (isPacked(segment)) return segment;
  const first = firstSequenceOf(basename(segment.path));
  if (first === null) return segment;
  const content = (await readFile(segment.path)).subarray(0, segment.bytes);
  return pack(segment.path, summaryOf(first, segment.entries), content);
}

interface Unpacked {
  readonly path: string;
  readonly content: Buffer;
  readonly places: readonly PlacedLine[];
}

export class SegmentReader {
  readonly #log: Log;
  #unpacked: Unpacked | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * The first entries after `acknowledged` that fit into `room`; `bytes` is what they take. Null where a packed file is damaged:
   * it is set aside under another name, and whoever has the list takes it out.
   */
  async read(
    segment: StoredSegment,
    acknowledged: number,
    room: { readonly entries: number; readonly bytes: number },
  ): Promise<{ readonly entries: readonly SpoolEntry[]; readonly bytes: number } | null> {
    if (!isPacked(segment)) {
      const wanted = fitting(segment.entries, acknowledged, room);
      const read = await readEntries(segment.path, wanted);
      return { entries: read.filter((entry) => entry !== null), bytes: sumOf(wanted) };
    }
    const unpacked = await this.#open(segment);
    if (unpacked === null) return null;
    const wanted = fitting(unpacked.places, acknowledged, room);
    const entries = wanted.map(({ offset, bytes }) =>
      decodeLine(unpacked.content.subarray(offset, offset + bytes - 1)),
    );
    return { entries: entries.filter((entry) => entry !== null), bytes: sumOf(wanted) };
  }

  /** Lets go of what it kept of files that are no longer there. */
  forget(path: string): void {
    if (this.#unpacked?.path === path) this.#unpacked = null;
  }

  async #open(segment: PackedSegment): Promise<Unpacked | null> {
    if (this.#unpacked?.path === segment.path) return this.#unpacked;
    try {
      const content = await unpack(segment);
      this.#unpacked = { path: segment.path, content, places: placesIn(content) };
      return this.#unpacked;
    } catch (error) {
      const { path } = segment;
      await rename(path, `${path}.damaged`);
      this.#log.error(
        { path, entries: countOf(segment), error: String(error) },
        'A file of the spool is damaged: it is set aside, and the others go on.',
      );
      return null;
    }
  }
}

function sumOf(wanted: readonly { readonly bytes: number }[]): number {
  return wanted.reduce((sum, { bytes }) => sum + bytes, 0);
}
