/**
 * What is done to segments beside appending: healing after a crash, compressing, dropping raw bodies. Each makes the new
 * file whole and synced under a temporary name before it takes the old one's place, so that a crash loses and doubles nothing.
 */
import { removeIfThere, replaceFile, syncDirectory } from '../disk.ts';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { appendDurably, cutTo } from './durable.ts';
import { gzipLines, indexLines, openIfThere, sortedLines } from './lines.ts';
import type { SegmentLine } from './lines.ts';
import { readSegment } from './segment-read.ts';
import { namesIn } from './segments.ts';
import type { Segment } from './segments.ts';

const TEMPORARY = '.tmp';
const TAIL_CHUNK_BYTES = 64 * 1024;
const COMPRESSION_LEVEL = 6;

/** Takes away what a crash left: temporary files, torn last lines (moved aside), plain files whose compressed one is finished. */
export async function healSegment(segment: Segment, log: Log): Promise<void> {
  const hour = segment.lean.slice(segment.dir.length + 1, -'.lean'.length);
  for (const name of await namesIn(segment.dir))
    if (name.startsWith(`${hour}.`) && name.endsWith(TEMPORARY)) await removeIfThere(join(segment.dir, name));
  await cutTornLine(segment.plain, segment, log);
  await cutTornLine(segment.late, segment, log);
  await finishCompression(segment, log);
}

/** A line without its newline was never acknowledged: it is moved aside, so that the next append does not grow onto it. */
async function cutTornLine(path: string, segment: Segment, log: Log): Promise<void> {
  const file = await openIfThere(path);
  if (file === null) return;
  let keptBytes = 0;
  let torn: Buffer = Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    keptBytes = size;
    while (keptBytes > 0) {
      const from = Math.max(0, keptBytes - TAIL_CHUNK_BYTES);
      const chunk = Buffer.alloc(keptBytes - from);
      await file.read(chunk, 0, chunk.length, from);
      const newline = chunk.lastIndexOf('\n');
      torn = Buffer.concat([chunk.subarray(newline + 1), torn]);
      keptBytes = from + newline + 1;
      if (newline !== -1) break;
      keptBytes = from;
    }
  } finally {
    await file.close();
  }
  if (torn.length === 0) return;
  await appendDurably(segment.torn, `${torn.toString('utf8')}\n`);
  await cutTo(path, keptBytes);
  log.warn(
    { segment: path, lines: 1, bytes: torn.length, movedTo: segment.torn },
    'A line that a crash had torn was moved aside; it had not been acknowledged.',
  );
}

/** Both files there: the crash came between the rename and the unlink. Whatever only the plain one has is kept as late. */
async function finishCompression(segment: Segment, log: Log): Promise<void> {
  const plain = await openIfThere(segment.plain);
  if (plain === null) return;
  try {
    const gzip = await openIfThere(segment.gzip);
    if (gzip === null) return;
    await gzip.close();
    const compressed = new Set<string>();
    for await (const { id } of gzipLines(segment.gzip, () => undefined)) compressed.add(id);
    let rest = '';
    for await (const { id, text } of sortedLines(plain, await indexLines(plain, () => undefined)))
      if (!compressed.has(id)) rest += `${text}\n`;
    if (rest !== '') await appendDurably(segment.late, rest);
  } finally {
    await plain.close();
  }
  await removeIfThere(segment.plain);
  log.info({ segment: segment.gzip }, 'A compression that a crash had interrupted was finished.');
}

/** A compressed copy beside the plain file, finished and synced, not yet in its place. */
export interface CompressedCopy {
  readonly temporary: string;
  /** Size and time of change of the plain file when it was copied: an append since then makes the copy worthless. */
  readonly plainState: string;
}

/** Writes the copy; null where there is no plain file, or it holds lines that cannot be read (such a file is left as it is). */
export async function compressCopy(segment: Segment): Promise<CompressedCopy | null> {
  const plain = await openIfThere(segment.plain);
  if (plain === null) return null;
  try {
    const plainState = stateOf(await plain.stat({ bigint: true }));
    let unreadable = 0;
    const index = await indexLines(plain, () => {
      unreadable += 1;
    });
    if (unreadable > 0) return null;
    const temporary = `${segment.gzip}.copy${TEMPORARY}`;
    await writeGzip(temporary, sortedLines(plain, index));
    return { temporary, plainState };
  } finally {
    await plain.close();
  }
}

/** Puts the copy in the plain file's place; false where an append came in between. Nobody may append meanwhile. */
export async function adoptCopy(segment: Segment, copy: CompressedCopy): Promise<boolean> {
  const plain = await openIfThere(segment.plain);
  const plainState = plain === null ? null : stateOf(await plain.stat({ bigint: true }));
  await plain?.close();
  if (plainState !== copy.plainState) {
    await removeIfThere(copy.temporary);
    return false;
  }
  await replaceFile(copy.temporary, segment.gzip);
  await removeIfThere(segment.plain);
  await syncDirectory(segment.dir);
  return true;
}

function stateOf({ size, mtimeNs }: { readonly size: bigint; readonly mtimeNs: bigint }): string {
  return `${size.toString()} ${mtimeNs.toString()}`;
}

async function writeGzip(path: string, lines: AsyncIterable<SegmentLine>): Promise<void> {
  async function* texts(): AsyncGenerator<string> {
    for await (const { text } of lines) yield `${text}\n`;
  }
  await pipeline(Readable.from(texts()), createGzip({ level: COMPRESSION_LEVEL }), createWriteStream(path));
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Rewrites a segment, compressed, without the raw bodies of its responses. What a verdict rests on stays: a body goes only
 * where its length or hash is kept beside it. Answers how many went.
 */
export async function dropBodies(segment: Segment, log: Log): Promise<number> {
  let dropped = 0;
  async function* lean(): AsyncGenerator<SegmentLine> {
    for await (const { id, text } of readSegment(segment, log)) {
      const result = withoutBodies(text);
      dropped += result.dropped;
      yield { id, text: result.text };
    }
  }
  const temporary = `${segment.gzip}.lean${TEMPORARY}`;
  await writeGzip(temporary, lean());
  await replaceFile(temporary, segment.gzip);
  await removeIfThere(segment.plain);
  await removeIfThere(segment.late);
  await appendDurably(segment.lean, '');
  return dropped;
}

const Response = z.looseObject({ body: z.unknown() });
const Transaction = z.looseObject({ response: Response.nullish() });
const WithRequests = z.looseObject({
  test_keys: z.looseObject({ requests: z.array(Transaction).nullish() }),
});

/** One record without raw bodies; the text itself where there is none to drop. */
export function withoutBodies(text: string): { readonly text: string; readonly dropped: number } {
  const read = WithRequests.safeParse(JSON.parse(text));
  if (!read.success) return { text, dropped: 0 };
  let dropped = 0;
  for (const { response } of read.data.test_keys.requests ?? []) {
    if (response === null || response === undefined || !hasSpareBody(response)) continue;
    response.body = '';
    response['x_aiqyn_body_dropped'] = true;
    dropped += 1;
  }
  return dropped === 0 ? { text, dropped } : { text: JSON.stringify(read.data), dropped };
}

/** A body that is there, and whose length or hash stays when it goes. */
function hasSpareBody(response: z.infer<typeof Response>): boolean {
  if (response.body === undefined || response.body === null || response.body === '') return false;
  return response['x_aiqyn_body_bytes'] !== undefined || response['x_aiqyn_body_sha256'] !== undefined;
}

/** The ids that a segment holds. */
export async function idsOf(segment: Segment): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const path of [segment.plain, segment.late]) {
    const file = await openIfThere(path);
    if (file === null) continue;
    try {
      for (const { id } of await indexLines(file, () => undefined)) ids.add(id);
    } finally {
      await file.close();
    }
  }
  const gzip = await openIfThere(segment.gzip);
  await gzip?.close();
  if (gzip !== null) for await (const { id } of gzipLines(segment.gzip, () => undefined)) ids.add(id);
  return ids;
}

/** Bytes that a segment takes on disk. */
export async function bytesOf(segment: Segment): Promise<number> {
  let bytes = 0;
  for (const path of [segment.plain, segment.gzip, segment.late, segment.torn]) {
    const file = await openIfThere(path);
    if (file === null) continue;
    bytes += (await file.stat()).size;
    await file.close();
  }
  return bytes;
}
