/**
 * Points, each once. InfluxDB would overwrite field by field what has the same tags and instant, and keep what has not:
 * so ids that are there are looked up first, around the batch's instants, and are left as they were first written.
 */
import { z } from 'zod';
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import { SERIES } from '../fields.ts';
import { answers } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { ID_FIELD, lineOfPoint } from './rows.ts';
import { instant, literal, name, tagValue } from './text.ts';
import type { LineWriter } from './write-lines.ts';

/** Points per request; with the number of requests that bounds the memory of one write. */
const BATCH_POINTS_MAX = 2_500;
/** A server with several processors reads one while it writes another. */
const WRITES_UNDERWAY_MAX = 5;
/** Instants that are farther apart than this are looked up by themselves. */
const GAP_MS = 600_000;
const RANGES_MAX = 100;
/** A batch of more vantages than this is looked up among all. */
const VANTAGES_NAMED_MAX = 20;
const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export async function writePoints(
  connection: InfluxConnection,
  writer: LineWriter,
  points: readonly ReachabilityPoint[],
): Promise<void> {
  const firstById = new Map<string, ReachabilityPoint>();
  for (const point of points) if (!firstById.has(point.id)) firstById.set(point.id, point);
  const sorted = [...firstById.values()].sort((a, b) => a.atMs - b.atMs);
  const held = await heldOf(connection, sorted);
  const fresh = sorted.filter(({ id }) => !held.ids.has(id));
  const places = new Places(held.microseconds);
  const underway: Promise<void>[] = [];
  try {
    for (let start = 0; start < fresh.length; start += BATCH_POINTS_MAX) {
      const lines = fresh.slice(start, start + BATCH_POINTS_MAX).map((point) => ({
        line: lineOfPoint(point, places.of(point)),
        content: point,
      }));
      // Some batches are written while the next is made into lines.
      if (underway.length >= WRITES_UNDERWAY_MAX) await underway.shift();
      const write = writer(lines);
      // It is awaited above, later; until then its failure is nobody's surprise.
      void write.catch(() => undefined);
      underway.push(write);
    }
    await Promise.all(underway);
  } finally {
    await Promise.allSettled(underway);
  }
}

/**
 * Nanoseconds within a point's millisecond, from its id: the same id always has the same, two measurements of one series in
 * one millisecond have different ones. Where chance gave two the same microsecond, the later one takes the next.
 */
class Places {
  readonly #held: ReadonlySet<number>;
  /** Microseconds of the millisecond that is looked at, which are given already. */
  readonly #given = new Set<number>();
  #atMs = NaN;

  /** `held`: instants of points that are there, UTC epoch microseconds. */
  constructor(held: ReadonlySet<number>) {
    this.#held = held;
  }

  /** Asked in the order of `atMs`. */
  of({ id, atMs }: ReachabilityPoint): number {
    if (atMs !== this.#atMs) this.#given.clear();
    this.#atMs = atMs;
    const nanoseconds = hashOf(id) % NS_PER_MS;
    for (let tried = 0; tried < US_PER_MS; tried += 1) {
      const place = (nanoseconds + tried * US_PER_MS) % NS_PER_MS;
      const microsecond = Math.floor(place / US_PER_MS);
      if (this.#given.has(microsecond) || this.#held.has(atMs * US_PER_MS + microsecond)) continue;
      this.#given.add(microsecond);
      return place;
    }
    return nanoseconds;
  }
}

/** FNV-1a over the id's UTF-16 units. */
function hashOf(id: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < id.length; index += 1)
    hash = Math.imul(hash ^ id.charCodeAt(index), FNV_PRIME) >>> 0;
  return hash;
}

interface Held {
  readonly ids: ReadonlySet<string>;
  /** Instants of other points, UTC epoch microseconds. */
  readonly microseconds: ReadonlySet<number>;
}

const IdRow = z.object({ time: z.number(), id: z.string() });

/** Which of the batch's ids the database has, and where its other points are. Usually there is nothing at these instants. */
async function heldOf(connection: InfluxConnection, batch: readonly ReachabilityPoint[]): Promise<Held> {
  // Made when the first row comes: mostly none does.
  let wanted: ReadonlySet<string> | null = null;
  let instants: ReadonlySet<number> | null = null;
  const ids = new Set<string>();
  const microseconds = new Set<number>();
  const ranges = rangesOf(batch);
  const among = vantagesOf(batch);
  for (let start = 0; start < ranges.length; start += RANGES_MAX) {
    const statements = ranges
      .slice(start, start + RANGES_MAX)
      .map(
        ([fromMs, toMs]) =>
          `SELECT ${name(ID_FIELD)} FROM ${name(SERIES.reachability)} WHERE time >= ${instant(fromMs)} AND time < ${instant(toMs + 1)}${among}`,
      );
    for await (const { row } of answers(connection, statements.join('; '))) {
      const { time, id } = IdRow.parse(row);
      wanted ??= new Set(batch.map((point) => point.id));
      instants ??= new Set(batch.map(({ atMs }) => atMs));
      if (wanted.has(id)) ids.add(id);
      else if (instants.has(Math.floor(time / US_PER_MS))) microseconds.add(time);
    }
  }
  return { ids, microseconds };
}

function vantagesOf(batch: readonly ReachabilityPoint[]): string {
  const vantages = [...new Set(batch.map(({ vantage }) => vantage))];
  if (vantages.length > VANTAGES_NAMED_MAX) return '';
  return ` AND (${vantages.map((vantage) => `"vantage" = ${literal(tagValue(vantage))}`).join(' OR ')})`;
}

/** A UUIDv7 says when its measurement began, whatever instant it comes with: both places are looked at. */
function rangesOf(batch: readonly ReachabilityPoint[]): readonly (readonly [fromMs: number, toMs: number])[] {
  const instants: number[] = [];
  for (const { id, atMs } of batch) {
    instants.push(atMs);
    const idMs = uuidMs(id);
    if (idMs !== null && idMs !== atMs) instants.push(idMs);
  }
  instants.sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const atMs of instants) {
    const last = ranges.at(-1);
    if (last !== undefined && atMs - last[1] <= GAP_MS) last[1] = atMs;
    else ranges.push([atMs, atMs]);
  }
  return ranges;
}

function uuidMs(id: string): number | null {
  const [, high = '', low = ''] = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id) ?? [];
  return high === '' ? null : Number.parseInt(`${high}${low}`, 16);
}
