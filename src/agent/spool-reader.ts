/**
 * Reads a spool that another process may be writing to, and changes nothing in it. What is appended meanwhile may be missing;
 * what is acknowledged or dropped meanwhile is left out.
 */
import type { Log } from '../log.ts';
import { decodeLine } from './segment.ts';
import { spoolContents } from './spool-contents.ts';
import { readPosition } from './spool-position.ts';
import type { SpoolEntry } from './spool.ts';

const NEWLINE = 0x0a;

/** Entries behind `after` that are not acknowledged, ascending by sequence. One segment is in memory at a time. */
export async function* readSpool(dir: string, after: number, log: Log): AsyncGenerator<SpoolEntry> {
  const { acknowledged } = await readPosition(dir, log);
  let last = Math.max(after, acknowledged);
  for await (const content of spoolContents(dir, log)) {
    for (const entry of entriesOf(content)) {
      if (entry.sequence <= last) continue;
      last = entry.sequence;
      yield entry;
    }
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
