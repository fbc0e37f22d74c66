/**
 * Reads a spool that another process may be writing to, and changes nothing in it. What is appended meanwhile may be missing;
 * what is acknowledged or dropped meanwhile is left out.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from '../disk.ts';
import type { Log } from '../log.ts';
import { decodeLine, firstSequenceOf } from './segment.ts';
import { readPosition } from './spool-position.ts';
import type { SpoolEntry } from './spool.ts';

const NEWLINE = 0x0a;

/** Entries behind `after` that are not acknowledged, ascending by sequence. One segment is in memory at a time. */
export async function* readSpool(dir: string, after: number, log: Log): AsyncGenerator<SpoolEntry> {
  const { acknowledged } = await readPosition(dir, log);
  let last = Math.max(after, acknowledged);
  for (const name of await segmentsOf(dir)) {
    for (const entry of entriesOf(await contentOf(join(dir, name)))) {
      if (entry.sequence <= last) continue;
      last = entry.sequence;
      yield entry;
    }
  }
}

async function segmentsOf(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => firstSequenceOf(name) !== null).sort();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Empty where the segment is gone: all of it was acknowledged since its name was read. */
async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}

/** A last line without its end is being written, or was left by a crash. */
function* entriesOf(content: Buffer): Generator<SpoolEntry> {
  let start = 0;
  for (let end = content.indexOf(NEWLINE); end !== -1; end = content.indexOf(NEWLINE, start)) {
    const entry = decodeLine(content.subarray(start, end));
    if (entry !== null) yield entry;
    start = end + 1;
  }
}
