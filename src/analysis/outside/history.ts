/**
 * The last days of each series of others, so that what is usual is known: the middle of what was counted at the same time of the
 * days before. Pure and bounded: what is older than HISTORY_MS is forgotten.
 */
import type { OutsidePoint } from './point.ts';

const DAY_MS = 86_400_000;
export const HISTORY_DAYS = 7;
/** What a new reading may lie behind the newest, and the days before that. */
export const HISTORY_MS = 2 * HISTORY_DAYS * DAY_MS;
/** How far from the same time of another day a reading still counts. */
const NEAR_MS = 15 * 60_000;
/** Days that must have been counted before anything is usual. */
const DAYS_MIN = 3;

type Reading = Omit<OutsidePoint, 'baseline'>;
type Kept = Pick<OutsidePoint, 'value' | 'baseline'>;

interface Series {
  readonly kept: Map<number, Kept>;
  /** Instants in order; made anew after a write. */
  times: readonly number[] | null;
}

export class OutsideHistory {
  readonly #series = new Map<string, Series>();

  /** What the store has already. */
  load(point: OutsidePoint): void {
    this.#put(point, point.baseline);
  }

  /** The newest instant of a source; null where there is none. UTC epoch milliseconds. */
  newestMs(source: string): number | null {
    let newest: number | null = null;
    for (const [key, series] of this.#series) {
      const last = key.startsWith(`${source} `) ? (timesOf(series).at(-1) ?? null) : null;
      if (last !== null && (newest === null || last > newest)) newest = last;
    }
    return newest;
  }

  /** Takes readings in; those that are new, or not what they were, come back with what was usual. */
  take(readings: readonly Reading[], nowMs: number): OutsidePoint[] {
    for (const reading of readings) this.#put(reading, this.#keptOf(reading)?.baseline ?? null, true);
    const changed: OutsidePoint[] = [];
    for (const reading of readings) {
      const baseline = this.#usual(reading);
      const before = this.#keptOf(reading);
      if (before === undefined || (before.baseline === baseline && !this.#fresh.has(before))) continue;
      this.#put(reading, baseline);
      changed.push({ ...reading, baseline });
    }
    this.#fresh.clear();
    this.#forget(nowMs - HISTORY_MS);
    return changed;
  }

  /** What was put in by the take that is under way and is not what was there. */
  readonly #fresh = new Set<Kept>();

  #keptOf(reading: Reading): Kept | undefined {
    return this.#series.get(keyOf(reading))?.kept.get(reading.atMs);
  }

  #put(reading: Reading, baseline: number | null, isNews = false): void {
    const key = keyOf(reading);
    const series = this.#series.get(key) ?? { kept: new Map<number, Kept>(), times: null };
    this.#series.set(key, series);
    const before = series.kept.get(reading.atMs);
    if (before?.value === reading.value && before.baseline === baseline) return;
    const kept = { value: reading.value, baseline };
    if (before === undefined) series.times = null;
    series.kept.set(reading.atMs, kept);
    if (isNews) this.#fresh.add(kept);
  }

  #usual(reading: Reading): number | null {
    const series = this.#series.get(keyOf(reading));
    if (series === undefined) return null;
    const times = timesOf(series);
    const ofDays: number[] = [];
    for (let day = 1; day <= HISTORY_DAYS; day += 1) {
      const near = nearest(times, reading.atMs - day * DAY_MS);
      const value = near === null ? undefined : series.kept.get(near)?.value;
      if (value !== undefined) ofDays.push(value);
    }
    return ofDays.length < DAYS_MIN ? null : medianOf(ofDays);
  }

  #forget(beforeMs: number): void {
    for (const series of this.#series.values()) {
      const stale = timesOf(series).filter((atMs) => atMs < beforeMs);
      for (const atMs of stale) series.kept.delete(atMs);
      if (stale.length > 0) series.times = null;
    }
  }
}

function keyOf({ source, signal, entity }: Reading): string {
  return `${source} ${signal} ${entity}`;
}

function timesOf(series: Series): readonly number[] {
  series.times ??= [...series.kept.keys()].sort((a, b) => a - b);
  return series.times;
}

/** The instant closest to `atMs`, if it is near. */
function nearest(times: readonly number[], atMs: number): number | null {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < atMs) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [times[low - 1] ?? -Infinity, times[low] ?? Infinity];
  const closest = atMs - before < after - atMs ? before : after;
  return Math.abs(closest - atMs) <= NEAR_MS ? closest : null;
}

/** The middle, or the mean of the two middle ones. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
}
