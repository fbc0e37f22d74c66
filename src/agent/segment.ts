/**
 * One spool file: JSONL, a line per entry, `{"s":sequence,"m":measurement}`. Named by its first sequence, so that the
 * order of the names is the order of the entries. Reading one tolerates what a crash leaves: a torn last line.
 */
import { open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OwnMeasurement } from '../../probes/measurement.ts';
import type { Log } from '../log.ts';
import { worthOf, withoutBodies } from './keeping.ts';
import type { Worth } from './keeping.ts';

const NAME = /^spool-(\d{16})\.jsonl$/;
const Line = z.object({ s: z.int().positive(), m: OwnMeasurement });

/** Where one entry stands in its file; the measurement itself stays on disk. */
export interface Indexed {
  readonly sequence: number;
  readonly offset: number;
  readonly bytes: number;
  readonly worth: Worth;
  readonly hasBody: boolean;
}

export interface Segment {
  readonly path: string;
  readonly entries: readonly Indexed[];
  /** Length of the file up to the end of its last whole line. */
  readonly bytes: number;
}

interface ScannedSegment extends Segment {
  /** Bytes at the end that a crash left unfinished, and whole lines that cannot be read. */
  readonly tornBytes: number;
  readonly unreadable: number;
}

export function segmentPath(dir: string, firstSequence: number): string {
  return join(dir, `spool-${String(firstSequence).padStart(16, '0')}.jsonl`);
}

/** The first sequence that a file's name tells, or null for a file that is not a segment. */
export function firstSequenceOf(fileName: string): number | null {
  const found = NAME.exec(fileName)?.[1];
  return found === undefined ? null : Number(found);
}

export function encodeLine(sequence: number, measurement: OwnMeasurement): Buffer {
  return Buffer.from(`${JSON.stringify({ s: sequence, m: measurement })}\n`, 'utf8');
}

/** Null where the line is not an entry. */
export function decodeLine(line: Buffer): { sequence: number; measurement: OwnMeasurement } | null {
  let json: unknown;
  try {
    json = JSON.parse(line.toString('utf8'));
  } catch {
    return null;
  }
  const parsed = Line.safeParse(json);
  return parsed.success ? { sequence: parsed.data.s, measurement: parsed.data.m } : null;
}

export function indexed(
  sequence: number,
  measurement: OwnMeasurement,
  offset: number,
  bytes: number,
): Indexed {
  return {
    sequence,
    offset,
    bytes,
    worth: worthOf(measurement),
    hasBody: withoutBodies(measurement) !== null,
  };
}

/** Reads a whole file (bounded by the segment size) and indexes its lines. */
async function scanSegment(path: string): Promise<ScannedSegment> {
  const content = await readFile(path);
  const entries: Indexed[] = [];
  let start = 0;
  let unreadable = 0;
  for (let end = content.indexOf(10, start); end !== -1; end = content.indexOf(10, start)) {
    const entry = decodeLine(content.subarray(start, end));
    if (entry === null) unreadable += 1;
    else entries.push(indexed(entry.sequence, entry.measurement, start, end + 1 - start));
    start = end + 1;
  }
  return { path, entries, bytes: start, tornBytes: content.length - start, unreadable };
}

/** Cuts what a crash left unfinished at a segment's end, and says in the log what of it cannot be read. */
export async function mendSegment(path: string, log: Log): Promise<Segment> {
  const segment = await scanSegment(path);
  if (segment.tornBytes > 0) {
    await truncate(path, segment.bytes);
    log.warn({ path, bytes: segment.tornBytes }, 'Cut an unfinished last line from the spool.');
  }
  if (segment.unreadable > 0) {
    log.error({ path, lines: segment.unreadable }, 'Lines of the spool cannot be read; skipped.');
  }
  return segment;
}

/** How many entries come after a sequence; those of a segment are in order. */
export function countAfter({ entries }: Pick<Segment, 'entries'>, sequence: number): number {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined || last.sequence <= sequence) return 0;
  if (first.sequence > sequence) return entries.length;
  return entries.filter((entry) => entry.sequence > sequence).length;
}

/** The first entries of a segment that are pending and fit; at least one when there is room at all. */
export function fitting<Placed extends { readonly sequence: number; readonly bytes: number }>(
  entries: readonly Placed[],
  acknowledged: number,
  room: { readonly entries: number; readonly bytes: number },
): Placed[] {
  const wanted: Placed[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (entry.sequence <= acknowledged) continue;
    if (wanted.length >= room.entries || bytes >= room.bytes) break;
    bytes += entry.bytes;
    wanted.push(entry);
  }
  return wanted;
}

/** The stored lines of neighbouring entries, in one read. */
export async function readEntries(
  path: string,
  entries: readonly Indexed[],
): Promise<({ sequence: number; measurement: OwnMeasurement } | null)[]> {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return [];
  const buffer = Buffer.alloc(last.offset + last.bytes - first.offset);
  const file = await open(path, 'r');
  try {
    await file.read(buffer, 0, buffer.length, first.offset);
  } finally {
    await file.close();
  }
  return entries.map(({ offset, bytes }) =>
    decodeLine(buffer.subarray(offset - first.offset, offset - first.offset + bytes - 1)),
  );
}
