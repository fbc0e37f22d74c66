/**
 * Segments: one hour of measurements, by the time in their ids, under `YYYY-MM-DD/HH` (UTC). A segment is up to three files:
 * `HH.jsonl` while it is young, `HH.jsonl.gz` (sorted by id) afterwards, and `HH.late.jsonl` for what came after that.
 */
import { isCode } from '../disk.ts';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { uuidv7TimeMs } from './uuidv7.ts';

export const HOUR_MS = 3_600_000;
/** The last instant whose year has four digits. */
const TIME_MAX_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export interface Segment {
  /** Start of its hour, UTC epoch milliseconds. */
  readonly startMs: number;
  readonly dir: string;
  readonly plain: string;
  readonly gzip: string;
  readonly late: string;
  /** Where a torn line was moved. */
  readonly torn: string;
  /** Present once the raw bodies were dropped for the disk budget. */
  readonly lean: string;
}

export function segmentAt(root: string, timeMs: number): Segment {
  const startMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
  const iso = new Date(startMs).toISOString();
  const dir = join(root, iso.slice(0, 10));
  const base = join(dir, iso.slice(11, 13));
  return {
    startMs,
    dir,
    plain: `${base}.jsonl`,
    gzip: `${base}.jsonl.gz`,
    late: `${base}.late.jsonl`,
    torn: `${base}.torn.txt`,
    lean: `${base}.lean`,
  };
}

/** The instant that decides a measurement's segment: its id's time, or its start where the id holds no usable time. */
export function filingTimeMs(measurement: OwnMeasurement): number {
  const idMs = uuidv7TimeMs(measurement.x_aiqyn_id);
  const timeMs = idMs !== null && idMs <= TIME_MAX_MS ? idMs : measurement.x_aiqyn_started_at_ms;
  return Math.min(Math.max(Math.trunc(timeMs), 0), TIME_MAX_MS);
}

/** Every segment on disk that begins in [fromMs, toMs), ascending. Needs no lock. */
export async function listSegments(root: string, fromMs: number, toMs: number): Promise<Segment[]> {
  const starts = new Set<number>();
  for (const day of await namesIn(root)) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) continue;
    const dayMs = Date.parse(`${day}T00:00:00Z`);
    if (!(dayMs < toMs && dayMs + 24 * HOUR_MS > fromMs)) continue;
    for (const file of await namesIn(join(root, day))) {
      const hour = /^([01]\d|2[0-3])(\.late)?\.jsonl(\.gz)?$/.exec(file)?.[1];
      if (hour !== undefined) starts.add(dayMs + Number(hour) * HOUR_MS);
    }
  }
  return [...starts]
    .filter((startMs) => startMs >= fromMs && startMs < toMs)
    .sort((a, b) => a - b)
    .map((startMs) => segmentAt(root, startMs));
}

/** The names in a directory; none where it does not exist. */
export async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
