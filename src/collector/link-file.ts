/** Batches as a collector keeps them: a file of signed headers, in order, appended with fsync. One process appends to it. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isCode, syncDirectory } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';
import { ENTRIES_MAX, HEADER_BYTES_MAX } from '../fleet/batch.ts';

/** A UUID in quotes, with its comma; twice that for whatever else may be an id. */
const ID_BYTES_MAX = 80;
/** More than one link, and what a crash left of another. */
const LAST_LINES_BYTES = 4 * (HEADER_BYTES_MAX + ENTRIES_MAX * ID_BYTES_MAX);
const NEWLINE = 0x0a;

/** A batch: whoever has it and the archive's records can check both. */
export const ChainLink = z.object({
  header: z.string(),
  signature: z.string(),
  receivedAtMs: z.number(),
  /** Of its records, in the order in which the head was made of them. */
  ids: z.array(z.string()),
});
export type ChainLink = z.output<typeof ChainLink>;

/** Durable when it resolves. @throws EnvironmentError CHAIN_WRITE: what of it reached the file is cut off by `lastLink` */
export async function appendLink(path: string, link: ChainLink): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(link)}\n`);
    await file.sync();
  } catch (error) {
    throw new EnvironmentError('CHAIN_WRITE', `${path} cannot be written: ${String(error)}`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}

/** Oldest first, one at a time; a line that is being written is not there yet. None where there is no such file. */
export async function* eachLink(path: string): AsyncGenerator<ChainLink> {
  for await (const line of wholeLines(path)) yield ChainLink.parse(JSON.parse(line));
}

/**
 * Reads the end alone. A line without its end a crash left, or it is being written: it was never acknowledged. The one who appends
 * (`r+`) cuts it off.
 */
export async function lastLink(path: string, mode: 'r' | 'r+'): Promise<ChainLink | null> {
  let file: FileHandle;
  try {
    file = await open(path, mode);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - LAST_LINES_BYTES);
    const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const end = buffer.lastIndexOf(NEWLINE) + 1;
    if (mode === 'r+' && from + end < size) await file.truncate(from + end);
    const line = buffer.subarray(0, end).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    return line === '' ? null : ChainLink.parse(JSON.parse(line));
  } finally {
    await file.close();
  }
}

async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const piece of createReadStream(path, { encoding: 'utf8' })) {
      const lines = `${rest}${String(piece)}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}
