/**
 * A closed spool file, compressed, so that two weeks without a collector fit a small card. What must be known of it without opening
 * it is in its name: its first and last sequence, how many entries have raw bodies, and how many of each worth there are. So a
 * start reads a list of names, and no memory is kept for entries.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { removeIfThere, writeWhole } from '../disk.ts';
import type { Worth } from './keeping.ts';

const compressed = promisify(brotliCompress);
const decompressed = promisify(brotliDecompress);

/**
 * Half of what the best takes, at a fifth of its time. A window of a megabyte holds hundreds of records, which repeat each other; one
 * that holds a whole file saves a fifteenth of the disk and leaves 45 MB of memory behind in the threads that pack.
 */
const QUALITY = 4;
const WINDOW_BITS = 20;
/** A file that says it holds more is damaged. */
const PLAIN_BYTES_MAX = 64 * 1_048_576;
const NAME = /^spool-(\d{16})-(\d{16})-b(\d+)-l(\d+)-f(\d+)-e(\d+)\.jsonl\.br$/;

export interface PackedSegment {
  readonly path: string;
  readonly first: number;
  /** Of its last entry. */
  readonly last: number;
  /** On disk. */
  readonly bytes: number;
  readonly bodies: number;
  readonly worths: Readonly<Record<Worth, number>>;
}

/** One line of a file that was opened; `bytes` with its line break. */
export interface PlacedLine {
  readonly sequence: number;
  readonly offset: number;
  readonly bytes: number;
}

export type PackedSummary = Pick<PackedSegment, 'first' | 'last' | 'bodies' | 'worths'>;

/** What a file's name says, or null for another file. `bytes` is its length on disk. */
export function packedOf(dir: string, name: string, bytes: number): PackedSegment | null {
  const found = NAME.exec(name);
  if (found === null) return null;
  const [first = 0, last = 0, bodies = 0, light = 0, full = 0, evidence = 0] = found.slice(1).map(Number);
  const worths = { light_success: light, full_success: full, evidence };
  return { path: join(dir, name), first, last, bytes, bodies, worths };
}

/** Of the entries of a file whose name begins with `first`. */
export function summaryOf(
  first: number,
  entries: readonly { readonly sequence: number; readonly worth: Worth; readonly hasBody: boolean }[],
): PackedSummary {
  const worths = { light_success: 0, full_success: 0, evidence: 0 };
  for (const { worth } of entries) worths[worth] += 1;
  const bodies = entries.filter(({ hasBody }) => hasBody).length;
  return { first, last: entries.at(-1)?.sequence ?? first, bodies, worths };
}

function nameOf({ first, last, bodies, worths }: PackedSummary): string {
  const [from, to] = [first, last].map((sequence) => String(sequence).padStart(16, '0'));
  const { light_success: light, full_success: full, evidence } = worths;
  return `spool-${from ?? ''}-${to ?? ''}-b${bodies}-l${light}-f${full}-e${evidence}.jsonl.br`;
}

/** Writes `content` compressed and takes the old file away. A crash in between leaves both: openers keep the packed one. */
export async function pack(oldPath: string, summary: PackedSummary, content: Buffer): Promise<PackedSegment> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const small = await compressed(content, { params });
  const path = join(dirname(oldPath), nameOf(summary));
  await writeWhole(path, small);
  if (path !== oldPath) await removeIfThere(oldPath);
  return { ...summary, path, bytes: small.length };
}

/** Its lines as they were. Throws where the file is damaged. */
export async function unpack(segment: PackedSegment): Promise<Buffer> {
  return decompressed(await readFile(segment.path), { maxOutputLength: PLAIN_BYTES_MAX });
}

/** Where each entry stands, by the beginning of its line alone; what it holds is read by who needs it. */
export function placesIn(content: Buffer): PlacedLine[] {
  const places: PlacedLine[] = [];
  let offset = 0;
  for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, offset)) {
    const [, digits] = /^\{"s":(\d{1,16}),/.exec(content.toString('latin1', offset, offset + 24)) ?? [];
    if (digits !== undefined) places.push({ sequence: Number(digits), offset, bytes: end + 1 - offset });
    offset = end + 1;
  }
  return places;
}

export function countOf({ worths }: Pick<PackedSegment, 'worths'>): number {
  return worths.light_success + worths.full_success + worths.evidence;
}
