/** Lines of a segment: written with the id first, so that an index of ids needs no JSON parser; read back in the order of ids. */
import { isCode } from '../disk.ts';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { OwnMeasurement } from '../../probes/measurement.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const HasId = z.object({ x_aiqyn_id: z.string() });

export interface IndexedLine {
  readonly id: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface SegmentLine {
  readonly id: string;
  readonly text: string;
}

export function lineOf(measurement: OwnMeasurement): string {
  const { x_aiqyn_id, ...rest } = measurement;
  return `${JSON.stringify({ x_aiqyn_id, ...rest })}\n`;
}

/** The id of a line; null where the line cannot be read. */
export function idOfLine(text: string): string | null {
  try {
    // Parsed whole: a torn or overwritten line may begin well.
    return HasId.parse(JSON.parse(text)).x_aiqyn_id;
  } catch {
    return null;
  }
}

/** Opens a file to read; null where there is none. */
export async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * Where each whole line of a plain file lies, in the file's order; what follows the last newline is not one.
 * @param onUnreadable is told of each whole line that is no measurement.
 */
export async function indexLines(file: FileHandle, onUnreadable: () => void): Promise<IndexedLine[]> {
  const { size } = await file.stat();
  const index: IndexedLine[] = [];
  let rest = Buffer.alloc(0);
  let position = 0;
  while (position < size) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    const start = position - rest.length;
    const data = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    position += bytesRead;
    let from = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, from)) {
      const id = idOfLine(data.toString('utf8', from, end));
      if (id === null) onUnreadable();
      else index.push({ id, offset: start + from, bytes: end - from });
      from = end + 1;
    }
    rest = data.subarray(from);
  }
  return index;
}

/** The indexed lines ascending by id, read one at a time. */
export async function* sortedLines(
  file: FileHandle,
  index: readonly IndexedLine[],
): AsyncGenerator<SegmentLine> {
  for (const { id, offset, bytes } of index.toSorted((a, b) => compareIds(a.id, b.id))) {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, offset);
    if (bytesRead === bytes) yield { id, text: buffer.toString('utf8') };
  }
}

/** The lines of a compressed segment, which was written ascending by id. */
export async function* gzipLines(path: string, onUnreadable: () => void): AsyncGenerator<SegmentLine> {
  const source = createReadStream(path);
  const unzipped = createGunzip();
  // An error of the file must reach the reader of the lines, and the file must close when that reader stops early.
  source.on('error', (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  try {
    for await (const text of splitLines(unzipped)) {
      const id = idOfLine(text);
      if (id === null) onUnreadable();
      else yield { id, text };
    }
  } finally {
    source.destroy();
    unzipped.destroy();
  }
}

async function* splitLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
}

/** Merges ascending sources into one ascending stream in which each id is once; the earlier source wins. */
export async function* mergeLines(
  sources: readonly AsyncGenerator<SegmentLine>[],
): AsyncGenerator<SegmentLine> {
  const heads = await Promise.all(sources.map(async (source) => source.next()));
  try {
    let last: string | null = null;
    for (;;) {
      const least = indexOfLeast(heads);
      const head = heads[least];
      const source = sources[least];
      if (head === undefined || source === undefined || head.done === true) return;
      if (head.value.id !== last) yield head.value;
      last = head.value.id;
      heads[least] = await source.next();
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

function indexOfLeast(heads: readonly IteratorResult<SegmentLine, unknown>[]): number {
  let least = -1;
  let leastId: string | null = null;
  for (const [index, head] of heads.entries()) {
    if (head.done === true || (leastId !== null && compareIds(head.value.id, leastId) >= 0)) continue;
    least = index;
    leastId = head.value.id;
  }
  return least;
}

export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
