/**
 * The lines of a spool's files as they were before they were packed, oldest file first, for who reads a spool that another process may
 * be writing to. A file that is packed while it is looked for is found under its new name; one that is gone was acknowledged.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from '../disk.ts';
import type { Log } from '../log.ts';
import { countOf, packedOf, unpack } from './packed-segment.ts';
import type { PackedSegment } from './packed-segment.ts';
import { firstSequenceOf } from './segment.ts';

/** One file at a time is in memory. Nothing where there is no such folder; a damaged file is said and passed over. */
export async function* spoolContents(dir: string, log: Log): AsyncGenerator<Buffer> {
  let done = 0;
  for (let next = await nextAfter(dir, done); next !== null; next = await nextAfter(dir, done)) {
    try {
      const content = typeof next.file === 'string' ? await readFile(next.file) : await unpack(next.file);
      done = next.first;
      yield content;
    } catch (error) {
      // It was packed or acknowledged since its name was read: the next look tells which.
      if (isCode(error, 'ENOENT')) continue;
      done = next.first;
      const path = typeof next.file === 'string' ? next.file : next.file.path;
      log.error({ path, error: String(error) }, 'A file of the spool cannot be read; it is passed over.');
    }
  }
}

interface Found {
  readonly first: number;
  /** A path where it is plain. */
  readonly file: string | PackedSegment;
}

/** The oldest file behind `done`; of the same entries the packed one, and of packed ones the lightest, as an opener would. */
async function nextAfter(dir: string, done: number): Promise<Found | null> {
  const found = (await namesIn(dir)).flatMap((name): Found[] => {
    const packed = packedOf(dir, name, 0);
    if (packed !== null) return [{ first: packed.first, file: packed }];
    const first = firstSequenceOf(name);
    return first === null ? [] : [{ first, file: join(dir, name) }];
  });
  const behind = found.filter(({ first }) => first > done);
  return behind.toSorted((a, b) => a.first - b.first || weightOf(a) - weightOf(b))[0] ?? null;
}

function weightOf({ file }: Found): number {
  return typeof file === 'string' ? Infinity : countOf(file) + file.bodies;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}
